# SPDX-License-Identifier: BSD-2-Clause
# Which flags of a guest reach C? Reads `objdump -tdr --no-show-raw-insn` of
# hypervisor/x86/entry.o and follows every path from every way in, with the set
# of flags that may still be the guest's there, a letter each: D (DF), A (AC),
# N (NT), T (TF).  No function may be called with any, no string instruction
# executed with D, no IRET with N. Says what it found; exit status 1 if a path
# is wrong or one cannot be followed.

function complain(at, text) {
	print "entry.S, " name[at] ": " text
	wrong = 1
}

function number(hex,    n, i) {
	for (i = 1; i <= length(hex); i++)
		n = n * 16 + index("123456789abcdef", substr(hex, i, 1))
	return n + 0
}

function without(set, letter) {
	gsub(letter, "", set)
	return set
}

function visit(at, set) {
	if (!(at in insn)) {
		print "entry.S: a path leads to " at ", where there is nothing"
		wrong = 1
		return
	}
	if ((at, set) in seen)
		return
	seen[at, set] = 1
	todo[++waiting] = at SUBSEP set
}

# The three stubs leave their page by words that desc.c fills.
function leave_page(at, set) {
	if (name[at] ~ /stub_syscall64/)
		visit(symbol["syscall_entry"], set)
	else if (name[at] ~ /stub_syscall32/)
		visit(symbol["syscall32_entry"], set)
	else if (name[at] ~ /stub_sysenter/)
		visit(symbol["sysenter_entry"], set)
	else
		complain(at, "a jump that cannot be followed")
}

function step(at, set,    op, to) {
	op = insn[at]
	sub(/ .*/, "", op)
	to = section[at] ":" target[at]
	if (op == "call") {
		if (set != "")
			complain(at, insn[at] " " reloc[at] " with " set)
		called[at] = 1
	} else if (op == "cld") {
		set = without(set, "D")
	} else if (op == "clac") {
		set = without(set, "A")
	} else if (op ~ /^popf/) {
		if (insn[previous[at]] ~ /^push +\$0x2$/)
			set = ""
		else
			complain(at, "flags that are not known are loaded")
	} else if (op ~ /^(std|stac|sti)$/) {
		complain(at, op)
	} else if (op ~ /^rep/ && set ~ /D/) {
		complain(at, insn[at] " with " set)
	} else if (op ~ /^iret/ && set ~ /N/) {
		complain(at, insn[at] " with " set)
	}
	if (op == "jmp" && insn[at] ~ /\*/) {
		leave_page(at, set)
	} else if (op == "jmp") {
		visit(to, set)
	} else if (op ~ /^j/) {
		# Without SMAP there is no CLAC, and AC means nothing.
		if (reloc[previous[at]] ~ /cpu_features/ && op == "je")
			visit(to, without(set, "A"))
		else
			visit(to, set)
		visit(following[at], set)
	} else if (op !~ /^(iret|sysret|ud2)/) {
		visit(following[at], set)
	}
}

/^Disassembly of section/ { part = $4; sub(/:$/, "", part); last = ""; next }

# The table of symbols, which comes first: several may have one address.
/^[0-9a-f]+ [lg]/ && NF >= 5 {
	at = $1
	sub(/^0+/, "", at)
	at = $(NF - 2) ":" (at == "" ? "0" : at)
	symbol[$NF] = at
	if (!(at in place) || $NF ~ /^stub_sys(call|enter)/)
		place[at] = $NF
	next
}

/R_X86_64_/ { reloc[last] = $3; next }

/^ *[0-9a-f]+:\t/ {
	split($0, column, "\t")
	gsub(/[ :]/, "", column[1])
	at = part ":" column[1]
	text = column[2]
	sub(/ +#.*/, "", text)
	sub(/ +<.*/, "", text)
	if (at in place)
		label = place[at]
	insn[at] = text
	section[at] = part
	name[at] = label
	if (text ~ /^j/) {
		target[at] = text
		sub(/^[a-z]+ +/, "", target[at])
	}
	if (last != "" && section[last] == part) {
		previous[at] = last
		following[last] = at
	}
	last = at
}

END {
	split(symbol["trap_stubs"], stubs, ":")
	base = number(stubs[2])
	for (n = 0; n < 256; n++)
		visit(stubs[1] ":" sprintf("%x", base + 16 * n), "DA")
	visit(symbol["stub_syscall64"], "")
	visit(symbol["stub_syscall32"], "")
	visit(symbol["stub_sysenter"], "DANT")
	# Called by C functions.
	visit(symbol["exit_to_guest"], "")
	visit(symbol["return_to_guest"], "")
	visit(symbol["enter_idle"], "")
	while (waiting) {
		split(todo[waiting--], next_one, SUBSEP)
		step(next_one[1], next_one[2])
	}
	for (at in insn) {
		# Jumped to by places that spec_ctrl.c changes: see there.
		if (section[at] == ".text.spec_ctrl") {
			if (insn[at] ~ /^(std|cld|stac|sti|popf|iret|sysret)/ ||
			    (insn[at] ~ /^call/ && reloc[at] != ""))
				complain(at, insn[at])
		} else if (insn[at] ~ /^call/) {
			calls++
			if (!(at in called))
				complain(at, insn[at] " on no path from outside")
		}
	}
	if (calls < 10) {
		print "entry.S: only " calls + 0 " calls were found"
		wrong = 1
	}
	if (!wrong)
		print "262 ways in, " calls " calls: none with a guest's flags"
	exit wrong
}
