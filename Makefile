# SPDX-License-Identifier: BSD-2-Clause
# Hospes. `make run` and `make test` are the two commands to know; `make help`
# lists the rest. All output goes under build/.
MAKEFLAGS += --no-print-directory
B := build

# Parts that have a Makefile of their own; each writes below build/.
PARTS := hypervisor dom0-tools backend-drivers examples/guest-kernel
PARTS := $(patsubst %/Makefile,%,$(wildcard $(PARTS:%=%/Makefile)))

IMAGE_SRC := $(wildcard tests/image/* tests/image/dom0/* examples/*.xml)
GUEST_SRC := tests/image/guest-image tests/image/lib.sh \
	tests/image/clock-peer.c tests/image/kernel-help.c tests/image/udhcpc.script $(wildcard tests/image/guest/*)
PROGRAMS := $(wildcard $(addprefix $(B)/dom0/, \
	$(shell cut -d' ' -f1 tests/image/programs.list))) \
	$(wildcard $(B)/examples/*.elf)

all: parts image guests

help:
	@sed -n 's/^#: //p' Makefile

#: make run          install packages, build, boot, prove the first guest
run: packages
	@tests/first-guest

#: make test         build and run everything that checks the product
test:
	@tests/image/packages --check 2>/dev/null || tests/image/packages
	@tests/run

#: make parts        hypervisor, dom0's programs and backends
parts: $(PARTS)
$(PARTS):
	@$(MAKE) -C $@

#: make image        dom0's initramfs and its disk with the guest's files
image: $(B)/image/dom0.cpio $(B)/image/disk.ext4

#: make example-kernel  build/examples/guest-kernel-{64,32}.elf
example-kernel: examples/guest-kernel

#: make guests       the tiny PV kernels of tests/guest
guests:
	@if [ -f tests/guest/Makefile ]; then $(MAKE) -C tests/guest; fi

#: make fuzz-hypercalls N=2000000 SEED=1   random sequences of hypercalls
fuzz-hypercalls: parts guests
	@tests/guest/fuzz-hypercalls $(N) $(SEED)

#: make conformance  the suite's table; HV=FILE: of another hypervisor
conformance: parts guests
	@tests/guest/conformance

#: make mutations    mistakes made in a copy of the hypervisor are caught
mutations: guests
	@tests/mutations/run

#: make iso          build/hospes.iso: GRUB, hypervisor, dom0
iso: parts $(B)/hospes.iso

#: make packages     install the Debian packages that all this needs
packages:
	@tests/image/packages

#: make install      DESTDIR=: programs and systemd units for a Debian dom0
install: parts
	@tests/image/install "$(DESTDIR)"

#: make debian-dom0  Debian 12 with systemd as dom0 (downloads 150 MB)
debian-dom0: parts guests image
	@tests/image/packages packages-debian.list
	@tests/debian-dom0

#: make docs         write anew what is generated of docs/
docs:
	@mkdir -p $(B)
	@tests/docs/hypercalls >$(B)/hypercalls.md && \
		mv $(B)/hypercalls.md docs/hypercalls.md

#: make bench-quick  instructions of single operations, beside Xen's (20 s)
bench-quick: packages
	@$(MAKE) parts $(B)/debian/xen.elf
	@$(MAKE) -C tests/bench
	@tests/bench/run

#: make bench        all of it beside Debian's Xen and its tools (long)
bench: packages
	@tests/image/packages packages-bench.list
	@$(MAKE) parts guests image $(B)/debian/xen.elf $(B)/image/xen-dom0.cpio
	@$(MAKE) -C tests/bench
	@tests/bench/all --plots $(B)/bench

#: make clean        remove what was built, keep what was downloaded
clean:
	@for dir in $(B)/*; do \
		[ "$$dir" = $(B)/debian ] || rm -rf "$$dir"; done

#: make distclean    remove build/
distclean:
	@rm -rf $(B)

$(B)/debian/vmlinux:
	@tests/image/fetch kernel

# Debian's hypervisor, to compare with: tests/vm --hv build/debian/xen.elf
$(B)/debian/xen.elf:
	@tests/image/fetch xen

$(B)/debian/xen-tools:
	@tests/image/fetch xen-tools

$(B)/image/dom0.cpio: $(B)/debian/vmlinux $(IMAGE_SRC) $(PROGRAMS)
	@tests/image/dom0-image

$(B)/image/xen-dom0.cpio: $(B)/debian/vmlinux $(B)/debian/xen-tools \
		$(IMAGE_SRC) $(wildcard tests/image/xen/*)
	@tests/image/xen-dom0-image

$(B)/image/disk.ext4: $(B)/debian/vmlinux $(GUEST_SRC)
	@tests/image/guest-image

$(B)/hospes.iso: $(B)/hypervisor/hospes.elf $(B)/image/dom0.cpio \
		tests/image/iso-image
	@tests/image/iso-image

.PHONY: all help run test parts $(PARTS) image example-kernel guests \
	conformance fuzz-hypercalls mutations iso bench bench-quick packages \
	install debian-dom0 docs clean distclean
