# SPDX-License-Identifier: BSD-2-Clause
# One of two sides: Hospes in its dom0. Sourced by the scripts of this folder.

# What guests are made of is in memory: a clock of instructions runs wild while
# the emulator waits for a disk.
prepare_side() {
	cat /var/lib/hospes/vmlinuz /var/lib/hospes/initrd >/dev/null
	# Where the unpacked kernel is kept; xl's is never written.
	mount -t tmpfs -o mode=755 tmpfs /var/cache/hospes
}

# The command lines that are measured; a file or a name follows.
create="hospes create"
destroy="sh /bench/hospes-destroy.sh"

# config KIND NAME: a domain file, its path is printed.
#   bare: a test kernel; devices: the same with disk and NIC; debian, debian2
config() {
	local file=/tmp/$2.xml
	{
		echo "<domain type='xen'><name>$2</name>"
		config_$1
		echo "</domain>"
	} >"$file"
	echo "$file"
}

config_bare() {
	cat <<-XML
	<memory unit='MiB'>16</memory><vcpu>1</vcpu>
	<os><type>linux</type><kernel>/bench/idle.elf</kernel></os>
	XML
}

# DISK: the image
both_devices() {
	cat <<-XML
	<devices>
	<disk type='file' device='disk'><driver type='raw'/>
	<source file='/var/lib/hospes/$1.img'/><target dev='xvda'/></disk>
	<interface type='bridge'><source bridge='br0'/>
	<mac address='00:16:3e:00:00:01'/></interface>
	</devices>
	XML
}

config_devices() { config_bare; both_devices first; }

config_debian() {
	cat <<-XML
	<memory unit='MiB'>256</memory><vcpu>1</vcpu>
	<os><type>linux</type><kernel>/var/lib/hospes/vmlinuz</kernel>
	<initrd>/var/lib/hospes/initrd</initrd>
	<cmdline>console=hvc0 quiet norandmaps root=/dev/xvda</cmdline></os>
	XML
	both_devices first
}

guest_log() { echo "/var/log/hospes/$1.console.log"; }
free_host_kib() { free_kib; }
