package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestInstallScriptProtectsItsFolders reads the script, for no shell of Windows runs here: both
// folders get rights of their own, which end what they inherit, before anything is put there.
func TestInstallScriptProtectsItsFolders(t *testing.T) {
	data, err := os.ReadFile("../windows/install.ps1")
	if err != nil {
		t.Fatal(err)
	}
	script := string(data)
	for _, want := range []string{
		`SetAccessRuleProtection($true, $false)`,                             // Nothing is inherited, and nothing that was is kept.
		`'S-1-5-18' = 'FullControl'; 'S-1-5-32-544' = 'FullControl' }`,       // SYSTEM and Administrators.
		`if ($UserRights) { $grants['S-1-5-32-545'] = $UserRights }`,         // Users, if at all.
		`SetOwner($administrators)`, `Set-Acl -LiteralPath $Path -AclObject`, // The owner may change the rights.
		`-band [System.IO.FileAttributes]::ReparsePoint`, // A link leads into a folder of somebody else.
	} {
		if !strings.Contains(script, want) {
			t.Errorf("the script does not have %s", want)
		}
	}
	if n := len(regexp.MustCompile(`(?i)\$grants(\[|\.)|AddAccessRule\(`).FindAllString(script, -1)); n != 4 {
		t.Errorf("%d places have to do with what is granted, want 4: look at each, and change this test", n)
	}
	steps := []string{
		"New-Item -ItemType Directory -Force $programs, $data",
		"\nProtect-Folder $programs 'ReadAndExecute'", "\nProtect-Folder $data ''",
		"\nCopy-Item (Join-Path $PSScriptRoot 'proctree_exporter.exe')", "Copy-Item (Join-Path $PSScriptRoot 'proctree.yml')", "\nStart-Service",
	}
	at := 0
	for _, step := range steps {
		i := strings.Index(script[at:], step)
		if i < 0 {
			t.Fatalf("%q is missing, or comes too early", step)
		}
		at += i + len(step)
	}
}
