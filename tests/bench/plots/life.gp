# SPDX-License-Identifier: BSD-2-Clause
# Time to create one more guest, against the number of guests there already.
set terminal svg size 720,420 font "sans,12" background "white"
set output svg
set title "Creating a guest without devices (16 MiB), by the guests before it"
set xlabel "guests there already"
set ylabel "million instructions"
set key top left
set grid
set yrange [0:*]
plot data using ($1-1):3 with points pt 7 ps 0.4 title "xl create, Xen 4.17", \
     data using ($1-1):2 with points pt 7 ps 0.4 title "hospes create"
