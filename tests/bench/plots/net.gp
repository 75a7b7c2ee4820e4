# SPDX-License-Identifier: BSD-2-Clause
# Instructions for a request, in percent of Xen's.
what = "Networks: instructions for a packet, or a KiB of TCP"
linuxs = "xen-netback"
load "tests/bench/plots/ratios.gnuplot"
