#Requires -RunAsAdministrator
<#
.SYNOPSIS
  Installs proctree_exporter.exe as a Windows service, or removes it.
.DESCRIPTION
  Run it in the folder where the archive was unpacked. An installation over an older one keeps
  the configuration.
.EXAMPLE
  .\install.ps1 -Flags '--web.listen-address=127.0.0.1:10056'
.EXAMPLE
  .\install.ps1 -Uninstall
#>
[CmdletBinding()]
param(
    # More flags for the service; proctree_exporter.exe --help lists them.
    [string[]] $Flags = @(),
    # Open the port of the exporter in the Windows firewall for these addresses.
    [string[]] $AllowFrom = @(),
    [switch] $Uninstall
)
$ErrorActionPreference = 'Stop'

$name = 'proctree_exporter'
$programs = Join-Path $env:ProgramFiles 'proctree'
$data = Join-Path $env:ProgramData 'proctree'
$exe = Join-Path $programs 'proctree_exporter.exe'
$config = Join-Path $data 'proctree.yml'

function Invoke-Service([string[]] $Arguments) {
    & $exe service @Arguments
    if ($LASTEXITCODE -ne 0) { throw "proctree_exporter.exe service $($Arguments[0]) failed" }
}

if ((Test-Path $exe) -and (Get-Service $name -ErrorAction SilentlyContinue)) {
    Invoke-Service @('uninstall')
}
if (Get-NetFirewallRule -Name $name -ErrorAction SilentlyContinue) {
    Remove-NetFirewallRule -Name $name
}
if ($Uninstall) {
    if (Test-Path $programs) { Remove-Item -Recurse $programs }
    Write-Output "Removed. The configuration is still in $data."
    return
}

# SYSTEM, which runs the service, and administrators own the folder; in the folder of programs
# users may read and run, and in that of the configuration, where tokens may be, they may not
# even read. What a folder of an earlier time has inherited or was given is taken away: below
# ProgramData every user may create files, and so leave a configuration for the service.
# The names are SIDs, as those of accounts are translated: S-1-5-18 is SYSTEM, S-1-5-32-544
# Administrators, S-1-5-32-545 Users.
function Protect-Folder([string] $Path, [string] $UserRights) {
    if ((Get-Item -LiteralPath $Path -Force).Attributes -band [System.IO.FileAttributes]::ReparsePoint) {
        throw "$Path is a link to another folder: remove it"
    }
    $acl = New-Object System.Security.AccessControl.DirectorySecurity
    $acl.SetAccessRuleProtection($true, $false)
    $administrators = New-Object System.Security.Principal.SecurityIdentifier 'S-1-5-32-544'
    $acl.SetOwner($administrators)
    $grants = @{ 'S-1-5-18' = 'FullControl'; 'S-1-5-32-544' = 'FullControl' }
    if ($UserRights) { $grants['S-1-5-32-545'] = $UserRights }
    foreach ($sid in $grants.Keys) {
        $account = New-Object System.Security.Principal.SecurityIdentifier $sid
        $acl.AddAccessRule((New-Object System.Security.AccessControl.FileSystemAccessRule(
            $account, $grants[$sid], 'ContainerInherit, ObjectInherit', 'None', 'Allow')))
    }
    Set-Acl -LiteralPath $Path -AclObject $acl
    # What is in there already belongs to the account that put it there, with rights of its own.
    Get-ChildItem -LiteralPath $Path -Recurse -Force | ForEach-Object {
        & icacls.exe $_.FullName /setowner '*S-1-5-32-544' /q | Out-Null
        if ($LASTEXITCODE -ne 0) { throw "cannot take over $($_.FullName)" }
        & icacls.exe $_.FullName /reset /q | Out-Null
        if ($LASTEXITCODE -ne 0) { throw "cannot reset the rights of $($_.FullName)" }
    }
}

New-Item -ItemType Directory -Force $programs, $data | Out-Null
Protect-Folder $programs 'ReadAndExecute'
Protect-Folder $data ''
Copy-Item (Join-Path $PSScriptRoot 'proctree_exporter.exe') $exe -Force
if (-not (Test-Path $config)) {
    Copy-Item (Join-Path $PSScriptRoot 'proctree.yml') $config
}
Invoke-Service (@('install', "--config.file=$config") + $Flags)
if ($AllowFrom) {
    New-NetFirewallRule -Name $name -DisplayName 'proctree exporter' -Direction Inbound `
        -Program $exe -Protocol TCP -Action Allow -RemoteAddress $AllowFrom | Out-Null
}
Start-Service $name
Write-Output "Installed and started; metrics are at http://127.0.0.1:10056/metrics unless the flags say otherwise."
