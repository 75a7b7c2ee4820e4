# SPDX-License-Identifier: BSD-2-Clause
# The other side: Debian's xl in its dom0. See hospes.sh for what is what.

# The disk is a block device that is there before, as a volume would be: xl need
# not make a loop device at each create.
prepare_side() {
	cat /var/lib/hospes/vmlinuz /var/lib/hospes/initrd >/dev/null
	losetup /dev/loop0 /var/lib/hospes/first.img
}

config() {
	local file=/tmp/$2.cfg
	{
		echo "name=\"$2\""
		config_$1
	} >"$file"
	echo "$file"
}

config_bare() {
	cat <<-CFG
	memory=16
	vcpus=1
	kernel="/bench/idle.elf"
	CFG
}

both_devices() {
	cat <<-CFG
	disk=["phy:/dev/loop0,xvda,w"]
	vif=["bridge=br0,mac=00:16:3e:00:00:01"]
	CFG
}

config_devices() { config_bare; both_devices; }

config_debian() {
	cat <<-CFG
	memory=256
	vcpus=1
	kernel="/var/lib/hospes/vmlinuz"
	ramdisk="/var/lib/hospes/initrd"
	extra="console=hvc0 quiet norandmaps root=/dev/xvda"
	CFG
	both_devices
}

create="xl create -q"
destroy="xl destroy"
guest_log() { echo "/var/log/xen/console/guest-$1.log"; }

# xl rounds to MiB.
free_host_kib() {
	echo $(($(xl info | sed -n 's/^free_memory *: //p') * 1024))
}
