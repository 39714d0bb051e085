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

New-Item -ItemType Directory -Force $programs, $data | Out-Null
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
