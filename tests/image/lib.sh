# SPDX-License-Identifier: BSD-2-Clause
# Shared by the scripts that make images; sourced by bash.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
debian=$top/build/debian
kernel_version=$(cat "$debian/kernel-version")
modules_dir=$debian/modules/lib/modules/$kernel_version
# mke2fs and modprobe, which a plain user does not find.
PATH=$PATH:/usr/sbin:/sbin

# Lays busybox and a link for each of its commands into the tree $1.
add_busybox() {
	local root=$1 name
	mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,dev,proc,sys,tmp,run,etc,root}
	cp "$(command -v busybox)" "$root/bin/busybox"
	busybox --list | while read -r name; do
		[ "$name" = busybox ] || ln -sf busybox "$root/bin/$name"
	done
	# Where the kernel looks for its helpers.
	for name in init poweroff reboot halt modprobe; do
		ln -sf ../bin/busybox "$root/sbin/$name"
	done
}

# Copies the modules named after $2, and all that they need, into the tree $1
# and writes the order to load them in to $1/etc/$2, with the options that an
# installed dom0 gives them.
add_modules() {
	local root=$1 file=$2 name path list
	shift 2
	list=$(for name; do
		modprobe -d "$debian/modules" -S "$kernel_version" \
			--show-depends "$name" | awk '$1 == "insmod" {print $2}'
	done | awk '!seen[$0]++')
	mkdir -p "$root/lib/modules" "$root/etc"
	for path in $list; do
		cp "$path" "$root/lib/modules/"
		name=$(basename "$path" .ko)
		echo "/lib/modules/$name.ko$(sed -n "s/^options $name\>//p" \
			"$top/tests/image/debian/hospes.modprobe")"
	done >"$root/etc/$file"
}

# Copies the program $2 to the path $3 in the tree $1, with its libraries; a
# static one has none.
add_program() {
	local root=$1 file=$2 path=$3 lib
	mkdir -p "$root/${path%/*}"
	cp -L "$file" "$root/$path"
	ldd "$file" 2>/dev/null | { grep -o '/[^ ]*' || true; } |
			while read -r lib; do
		[ -e "$root$lib" ] && continue
		mkdir -p "$root${lib%/*}"
		cp -L "$lib" "$root$lib"
	done
}

# Packs the tree $1 as a cpio archive into the file $2, all owned by root.
pack_cpio() {
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort |
		cpio -o -H newc -R 0:0 --quiet) >"$2.tmp"
	mv "$2.tmp" "$2"
}

# Compiles the little tool $2 of this folder into the tree $1.
add_tool() {
	gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static -s \
		-o "$1/sbin/$2" "$top/tests/image/$2.c"
}

# What every dom0 has, whoever's tools it runs, in the tree $1: busybox, the
# modules of devices, Debian's xenstore clients and ext4 tools, the files of
# dom0/.  $2: the file that starts its services; more: modules to load for them.
dom0_base() {
	local root=$1 services=$2 tool here=$top/tests/image
	shift 2
	add_busybox "$root"
	# The services need the first ones only, and start while the others load.
	add_modules "$root" modules.xen xen-evtchn xen-privcmd xenfs xen-gntdev \
		xen-gntalloc
	add_modules "$root" modules.devices virtio_pci virtio_blk \
		crc32c_generic ext4 bridge tun e1000 virtio_net ahci sd_mod \
		loop "$@"
	for tool in xenstore xenstore-chmod xenstore-exists xenstore-list \
		xenstore-ls xenstore-read xenstore-rm xenstore-watch \
		xenstore-write; do
		add_program "$root" "/usr/bin/$tool" "/usr/bin/$tool"
	done
	for tool in e2fsck mke2fs; do
		add_program "$root" "/sbin/$tool" "/sbin/$tool"
	done
	ln -s mke2fs "$root/sbin/mkfs.ext4"
	add_tool "$root" vm-report
	add_tool "$root" clock-peer
	add_tool "$root" kernel-help
	mkdir -p "$root/etc/udhcpc" "$root/var/lib/hospes" \
		"$root/var/cache/hospes" "$root/lib/tests" "$root/proc/xen"
	cp "$here/dom0/init" "$root/init"
	cp "$here/udhcpc.script" "$root/etc/udhcpc/default.script"
	cp "$here/dom0/profile" "$root/etc/profile"
	cp "$here/dom0/lib.sh" "$root/lib/tests/"
	cp "$services" "$root/lib/tests/services"
	cp "$here/dom0/passwd" "$here/dom0/group" "$root/etc/"
}

# The guests' userland in the tree $1.
guest_root() {
	local root=$1 here=$top/tests/image
	mkdir -p "$root"
	add_busybox "$root"
	mkdir -p "$root"/{etc/udhcpc,etc/init.d,mnt,data}
	cp "$here/udhcpc.script" "$root/etc/udhcpc/default.script"
	cp "$here/guest/inittab" "$here/guest/profile" "$root/etc/"
	cp "$here/guest/rcS" "$root/etc/init.d/rcS"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	add_tool "$root" clock-peer
	add_tool "$root" kernel-help
}

# Adds drivers and an init to that tree and packs it as the initrd $2.
guest_initrd() {
	local root=$1
	add_modules "$root" modules xen-blkfront xen-netfront crc32c_generic \
		ext4
	cp "$top/tests/image/guest/init" "$root/init"
	pack_cpio "$root" "$2.cpio"
	gzip -1n <"$2.cpio" >"$2"
	rm "$2.cpio"
}
