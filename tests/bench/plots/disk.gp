# SPDX-License-Identifier: BSD-2-Clause
# Instructions for a request, in percent of Xen's.
what = "Disks: instructions for a request"
linuxs = "xen-blkback"
load "tests/bench/plots/ratios.gnuplot"
