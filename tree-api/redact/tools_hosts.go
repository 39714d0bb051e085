package redact

// toolsOfHosts are rows of the table for networks, remote access, encryption, Windows and media.
var toolsOfHosts = []tool{
	// Networks.
	{names: "openconnect", secret: "-p --key-password --form-entry"},
	{names: "iodine iodined", secret: "-P"},
	{names: "ptunnel", secret: "-x"},
	{names: "htc hts", pair: "-A --proxy-authorization"},
	{names: "udp2raw udp2raw_amd64 speederv2 tinyvpn", secret: "-k --key"},
	{names: "kcptun kcptun-client kcptun-server client_linux_amd64 server_linux_amd64", secret: "--key"},
	{names: "brook", secret: "-p"},
	{names: "bore", secret: "-s"},
	{names: "microsocks", secret: "-P"},
	{names: "cntlm", secret: "-p"},
	{names: "dnscat dnscat2 dnscat2-server", secret: "--secret -c_"},
	{names: "dufs miniserve simple-http-server sfz basic-http-server goshs updog", pair: "-a --auth -b --basic-auth"},
	{names: "updog", secret: "--password"},
	{names: "hostapd_cli", usage: []string{"set wpa_passphrase|wpa_psk|wep_key0|sae_password SECRET", "wps_pin UUID SECRET"}},
	{names: "wpa_cli", usage: []string{"set_network NET psk|password|wep_key0|private_key_passwd SECRET"}},
	{names: "connmanctl", usage: []string{"passphrase SECRET"}},
	{names: "networksetup", usage: []string{"-setairportnetwork DEVICE NETWORK SECRET", "-setwebproxy SERVICE HOST PORT on USER SECRET"}},
	{names: "vpncmd", secret: "/password /adminpassword /presharedkey"},
	{names: "rasdial", usage: []string{"NAME USER SECRET"}, slashes: true},
	{names: "nmap masscan", plain: "-p"},
	{names: "ldns-key2ds nsupdate rndc-confgen tsig-keygen", plain: "-k -b"},
	{names: "knsupdate kdig", secret: "-y"},
	{names: "pdnsutil", usage: []string{"import-tsig-key NAME ALGORITHM SECRET"}},

	// Passwords, keys and tokens.
	{names: "openssl", usage: []string{"-kdfopt|-pkeyopt KEYOPT"}},
	{names: "security", after: "set-key-partition-list", secret: "-k"},
	{names: "aescrypt ssss-combine stegsnow openstego", secret: "-p"},
	{names: "outguess stegosuite", secret: "-k"},
	{names: "lrzip lrzuntar", secret: "--encrypt"},
	{names: "oathtool totp totp-cli google-authenticator", usage: []string{"SECRET"}, takes: "-w -d -s -N -S -c --window --digits --time-step-size --now --start-time --counter"},
	{names: "yubico-piv-tool", secret: "-P -N --pin --new-pin -k* --key="},
	{names: "ykpersonalize", secret: "-a* -c*"},
	{names: "softhsm2-util pkcs11-tool cloudhsm_mgmt_util yubihsm-shell", secret: "--pin --so-pin --new-pin"},
	{names: "yubihsm-shell", secret: "-p --password --new-password"},
	{names: "osslsigncode signcode sbsign jsign", secret: "-pass --storepass --keypass -s_"},
	{names: "jsign", plain: "-s"},
	{names: "ecryptfs-add-passphrase ecryptfs-wrap-passphrase", usage: []string{"FILE SECRET"}},
	{names: "hashcat john aircrack-ng pyrit", plain: "-p -k --key"},

	// Remote access and attacks.
	{names: "evil-winrm crackmapexec nxc netexec cme smbmap wmiexec secretsdump psexec.py", secret: "-H --hash --hashes"},
	{names: "impacket-* wmiexec smbexec secretsdump atexec dcomexec getnpusers gettgt getuserspns ntlmrelayx addcomputer", secret: "-hashes -aesKey -computer-pass"},
	{names: "rubeus mimikatz", secret: "/password /rc4 /aes128 /aes256 /ntlm /des /hash /ticket"},
	{names: "adb", usage: []string{"pair HOST CODE"}},

	// Windows.
	{names: "winrm winrs wevtutil wecutil", secret: "-p -password /p /password"},
	{names: "manage-bde", secret: "-pw -rp -recoverypassword -password"},
	{names: "ktpass", secret: "/pass -pass"},
	{names: "nssm", usage: []string{"objectname USER SECRET"}},
	{names: "appcmd", secret: "/processModel.password /password"},
	{names: "psftp pageant", secret: "-pw_"},
	{names: "autologon", usage: []string{"USER DOMAIN SECRET"}},

	// Media, devices and others.
	{names: "spotifyd librespot spotify-qt ncspot", secret: "-p"},
	{names: "yt-dlp youtube-dl", secret: "-2 --twofactor"},
	{names: "rtmpdump", secret: "-T -j --token --jtv"},
	{names: "ncmpcpp ncmpc mpc vimpc mpdris2 mpdas mpdcron ashuffle clerk", at: "-h --host --mpd-host"},
	{names: "espota", secret: "-a --auth"},
	{names: "lpadmin lp lpr", plain: "-p -P"},
}
