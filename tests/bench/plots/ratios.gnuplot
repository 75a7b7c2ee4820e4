# SPDX-License-Identifier: BSD-2-Clause
# Columns: row, percent with each hypervisor's own backend, percent with Linux's
# backend on both. For `what` and `linuxs` see those that load this.
set terminal svg size 720,420 font "sans,12" background "white"
set output svg
set title what
set ylabel "Hospes, percent of Xen 4.17"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.8 border -1
set boxwidth 0.9
set xtics rotate by -30 nomirror
set key outside top center horizontal
set grid ytics
set yrange [0:*]
set arrow from graph 0, first 100 to graph 1, first 100 nohead lw 2 lc "black"
plot data using 2:xtic(1) title "each with its own backend", \
     data using 3 title linuxs." on both"
