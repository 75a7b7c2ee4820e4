/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a fuzz program without libFuzzer: a fixed number of inputs, mutated
 * from seeds with a fixed seed of the random numbers, so that every run is the
 * same. There is no guidance by coverage.
 *
 *	NAME INPUTS [--seeds FILE] [--dict FILE] [SEED-FILE ...]
 *	NAME --input FILE
 *
 * FILE has a string in double quotes on each line, with \xNN, \\ and \": the
 * form of libFuzzer's -dict=. The input at hand when a program dies is in
 * NAME.crash, below $FUZZ_OUT or /tmp; --input runs it again.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEEDS_MAX 256
#define INPUT_MAX (256u << 10)
#define FILE_MAX (16u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* From the sanitizers: called before they end the program. */
void __sanitizer_set_death_callback(void (*callback)(void));

struct text {
	uint8_t *data;
	size_t size;
};

struct set {
	struct text text[SEEDS_MAX];
	size_t count;
};

static struct set seeds, words;
static uint8_t input[INPUT_MAX];
static size_t input_size;
static char crash_file[256];
static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1d >> 16;
}

static size_t below(size_t limit)
{
	return limit ? random_number() % limit : 0;
}

/* --- what to begin with ---------------------------------------------------- */

static void die(const char *what, const char *name)
{
	fprintf(stderr, "%s: %s\n", name, what);
	exit(2);
}

static struct text read_file(const char *name)
{
	struct text t = { malloc(FILE_MAX + 1), 0 };
	FILE *f = fopen(name, "rb");

	if (!f || !t.data)
		die("cannot be read", name);
	t.size = fread(t.data, 1, FILE_MAX, f);
	t.data[t.size] = '\0';
	fclose(f);
	return t;
}

static void add(struct set *set, const uint8_t *data, size_t size)
{
	struct text *t = &set->text[set->count];

	if (set->count == SEEDS_MAX || size > INPUT_MAX)
		return;
	t->data = malloc(size + 1);
	if (!t->data)
		die("no memory", "seeds");
	memcpy(t->data, data, size);
	t->size = size;
	set->count++;
}

/* One character of a quoted string. */
static char *unquote(char *at, uint8_t *out)
{
	char digits[3] = { 0 };

	if (at[0] != '\\') {
		*out = (uint8_t)at[0];
		return at + 1;
	}
	if (at[1] != 'x' || !at[2] || !at[3]) {
		*out = (uint8_t)at[1];
		return at + 2;
	}
	memcpy(digits, at + 2, 2);
	*out = (uint8_t)strtoul(digits, NULL, 16);
	return at + 4;
}

static void add_lines(struct set *set, const char *name)
{
	struct text file = read_file(name);
	char *line, *rest = (char *)file.data;
	static uint8_t out[4096];
	size_t n;

	while ((line = strsep(&rest, "\n"))) {
		if (*line != '"')
			continue;
		n = 0;
		for (line++; *line && *line != '"' && n < sizeof(out); n++)
			line = unquote(line, &out[n]);
		add(set, out, n);
	}
	free(file.data);
}

/* --- mutations ------------------------------------------------------------- */

static void insert(size_t at, const uint8_t *data, size_t size)
{
	if (size > INPUT_MAX - input_size)
		return;
	memmove(input + at + size, input + at, input_size - at);
	memcpy(input + at, data, size);
	input_size += size;
}

static void erase(size_t at, size_t size)
{
	memmove(input + at, input + at + size, input_size - at - size);
	input_size -= size;
}

static void put_number(size_t at)
{
	static const uint64_t special[] = {
		0, 1, 0x7f, 0x80, 0xff, 0xfff, 0x1000, 0x7fffffff, 0x80000000,
		0xffffffff, 0x7fffffffffffffff, 0x8000000000000000,
		0xfffffffffffff000, 0xffffffffffffffff,
	};
	uint64_t n = special[below(sizeof(special) / sizeof(special[0]))];
	size_t size = (size_t)1 << below(4);

	n += below(3) - 1;
	if (size <= input_size - at)
		memcpy(input + at, &n, size);
}

static void copy_within(size_t at)
{
	static uint8_t part[256];
	size_t from = below(input_size), size = below(sizeof(part)) + 1;

	if (size > input_size - from)
		size = input_size - from;
	memcpy(part, input + from, size);
	insert(at, part, size);
}

static void mutate(void)
{
	size_t at = below(input_size + 1);
	const struct text *t;
	uint8_t byte = (uint8_t)random_number();

	switch (below(9)) {
	case 0:
		if (at < input_size)
			input[at] ^= (uint8_t)(1u << below(8));
		break;
	case 1:
		if (at < input_size)
			input[at] = byte;
		break;
	case 2:
		put_number(at);
		break;
	case 3:
		insert(at, &byte, 1);
		break;
	case 4:
		erase(at, below(below(64) + 1) % (input_size - at + 1));
		break;
	case 5:
		copy_within(at);
		break;
	case 6:
		if (!words.count)
			break;
		t = &words.text[below(words.count)];
		if (below(2) && t->size <= input_size - at)
			memcpy(input + at, t->data, t->size);
		else
			insert(at, t->data, t->size);
		break;
	case 7:
		/* Seeds behind each other make sequences. */
		t = &seeds.text[below(seeds.count)];
		insert(input_size, t->data, t->size);
		break;
	default:
		if (below(8) == 0)
			input_size = at;
		break;
	}
}

static void next_input(void)
{
	const struct text *t = &seeds.text[below(seeds.count)];
	size_t n = (size_t)1 << below(6);

	memcpy(input, t->data, t->size);
	input_size = t->size;
	while (n--)
		mutate();
}

/* --- running it ------------------------------------------------------------ */

static void keep_input(void)
{
	int fd = open(crash_file, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	if (fd < 0 || write(fd, input, input_size) < 0)
		return;
	close(fd);
	dprintf(STDERR_FILENO, "the input is in %s\n", crash_file);
}

static void on_signal(int sig)
{
	keep_input();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void catch_death(const char *program)
{
	const char *dir = getenv("FUZZ_OUT"), *slash = strrchr(program, '/');

	snprintf(crash_file, sizeof(crash_file), "%s/%s.crash",
		 dir ? dir : "/tmp", slash ? slash + 1 : program);
	__sanitizer_set_death_callback(keep_input);
	signal(SIGABRT, on_signal);
	/* An input that never ends. */
	signal(SIGALRM, on_signal);
}

/* A copy of just the size lets ASan see reads behind the end. */
static void run_one(void)
{
	uint8_t *copy = malloc(input_size ? input_size : 1);

	if (!copy)
		die("no memory", "input");
	memcpy(copy, input, input_size);
	alarm(10);
	LLVMFuzzerTestOneInput(copy, input_size);
	alarm(0);
	free(copy);
}

static void read_arguments(int argc, char **argv)
{
	struct text t;

	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc) {
			add_lines(&seeds, argv[++i]);
		} else if (strcmp(argv[i], "--dict") == 0 && i + 1 < argc) {
			add_lines(&words, argv[++i]);
		} else {
			t = read_file(argv[i]);
			add(&seeds, t.data, t.size);
			free(t.data);
		}
	}
	if (!seeds.count)
		die("no seeds", argv[0]);
}

static int run_input(const char *name)
{
	struct text t = read_file(name);

	if (t.size > INPUT_MAX)
		die("too big", name);
	memcpy(input, t.data, t.size);
	input_size = t.size;
	free(t.data);
	run_one();
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long inputs;

	if (argc < 3)
		die("INPUTS [--seeds FILE] [--dict FILE] [SEED-FILE ...]",
		    argv[0]);
	if (strcmp(argv[1], "--input") == 0)
		return run_input(argv[2]);
	catch_death(argv[0]);
	inputs = strtoul(argv[1], NULL, 10);
	read_arguments(argc, argv);
	for (size_t i = 0; i < seeds.count; i++) {
		memcpy(input, seeds.text[i].data, seeds.text[i].size);
		input_size = seeds.text[i].size;
		run_one();
	}
	for (unsigned long i = 0; i < inputs; i++) {
		next_input();
		run_one();
	}
	printf("%lu inputs from %zu seeds\n", inputs, seeds.count);
	return 0;
}
