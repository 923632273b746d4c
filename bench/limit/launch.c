/*
 * The stopwatch: launch RESULTS CPU PROGRAM_CPU WARMUP ROUNDS BURST GAP_US DRAIN_US (::: PROGRAM [ARGUMENT…])…
 *
 * With `any` for CPU nothing is pinned but what follows `::1` instead of `:::`, which is to PROGRAM_CPU. What follows
 * `:::N` takes part in the first N rounds that count, and in no warm-up; the records of the others are zeros.
 *
 * Each round launches every program BURST times in a row. The rounds walk through all permutations of the programs, so
 * that each comes first, and after each of the others, equally often. A launch is timed from before the clone to after
 * the wait. After the warm-up, RESULTS receives for each round, BURST times, one record a program, in the order of the
 * command line.
 *
 * It is C without libc because its own cost is in every figure and makes ratios look smaller than they are: a vfork-like
 * clone, an execve and a wait4 are the least there is (posix_spawn adds 30 µs to the 35).
 */
#include "sys.h"

#define CLOCK_MONOTONIC 1
#define PRIO_PROCESS 0
#define PR_SET_PDEATHSIG 1
#define SIGKILL 9
#define LOCK_EX 2
#define MAX_PROGRAMS 6
#define MAX_BURST 16

struct timespec {
	word sec;
	word nsec;
};

/* The kernel's struct rusage: two timevals, then 14 words, of which ru_minflt is the fifth. */
struct rusage {
	word user_s, user_us, system_s, system_us;
	word before[4];
	word minflt;
	word after[9];
};

struct record {
	uword ns;
	unsigned int status;
	unsigned int faults;
	uword user_us, system_us;
};

struct program {
	char **argv;
	char **envp;
	uword cpu; /* 0: stay where the launcher is, else the CPU's number plus one */
	uword rounds; /* 0: all */
};

struct options {
	word results;
	uword warmup, rounds, burst, gap_us, drain_us;
};

static struct program programs[MAX_PROGRAMS];
static uword count;

static uword now(void)
{
	struct timespec t;

	CALL2(NR_clock_gettime, CLOCK_MONOTONIC, &t);
	return (uword)t.sec * 1000000000UL + (uword)t.nsec;
}

static void rest(uword us)
{
	struct timespec t = { (word)(us / 1000000), (word)(us % 1000000 * 1000) };

	if (us)
		CALL4(NR_clock_nanosleep, CLOCK_MONOTONIC, 0, &t, NULL);
}

static void pin(uword cpu)
{
	uword mask[16] = { 0 };

	if (cpu >= sizeof(mask) * 8)
		leave(3);
	mask[cpu / 64] = 1UL << cpu % 64;
	if (CALL3(NR_sched_setaffinity, 0, sizeof(mask), mask) < 0)
		leave(3);
}

static void child(void *arg)
{
	const struct program *p = arg;

	if (p->cpu)
		pin(p->cpu - 1);
	CALL3(NR_execve, p->argv[0], p->argv, p->envp);
	leave(127);
}

static struct record launch(struct program *p)
{
	struct rusage usage = { .minflt = 0 };
	int status = 0;
	uword begin = now();
	word pid = spawn(CLONE_VM | CLONE_VFORK | SIGCHLD, child, p);
	word waited = CALL4(NR_wait4, pid, &status, 0, &usage);
	uword end = now();

	if (pid < 0 || waited != pid)
		leave(4);
	return (struct record){
		.ns = end - begin,
		.status = (unsigned int)status,
		.faults = (unsigned int)usage.minflt,
		.user_us = (uword)(usage.user_s * 1000000 + usage.user_us),
		.system_us = (uword)(usage.system_s * 1000000 + usage.system_us),
	};
}

/* The permutation with this number, counted in the factorial base. */
static void permute(uword number, uword order[])
{
	for (uword i = 0; i < count; i++)
		order[i] = i;
	for (uword left = count; left > 1; left--) {
		uword pick = number % left, last = order[left - 1];

		number /= left;
		order[left - 1] = order[pick];
		order[pick] = last;
	}
}

static void put(word file, const void *data, uword size)
{
	if (CALL3(NR_write, file, data, size) != (word)size)
		leave(5);
}

static int takes_part(const struct program *p, const struct options *o, uword round)
{
	return !p->rounds || (round >= o->warmup && round < o->warmup + p->rounds);
}

static void play(const struct options *o, uword round)
{
	struct record records[MAX_BURST][MAX_PROGRAMS];
	uword order[MAX_PROGRAMS];

	permute(round, order);
	for (uword i = 0; i < count; i++) {
		for (uword turn = 0; turn < o->burst; turn++) {
			struct program *p = &programs[order[i]];

			rest(o->gap_us);
			records[turn][order[i]] = takes_part(p, o, round) ? launch(p) : (struct record){ .ns = 0 };
		}
	}
	for (uword turn = 0; round >= o->warmup && turn < o->burst; turn++)
		put(o->results, records[turn], count * sizeof(records[0][0]));
	rest(o->drain_us);
}

static void read_programs(char **argv, char **envp, uword cpu, uword other)
{
	for (; *argv; argv++) {
		char *mark = *argv;

		if (mark[0] != ':' || mark[1] != ':' || (mark[2] != ':' && !same(mark, "::1")))
			continue;
		*argv = NULL;
		if (count == MAX_PROGRAMS)
			leave(2);
		programs[count++] = (struct program){ argv + 1, envp, mark[2] == '1' ? other : cpu, number(mark + 3) };
	}
}

/* As far as can be: a launcher ends with its driver, two take turns, and what else runs on the CPU stands back. */
static void be_alone(void)
{
	word root = CALL4(NR_openat, AT_FDCWD, "/", O_RDONLY | O_CLOEXEC, 0);

	CALL2(NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
	/* Every run finds the same file there. */
	CALL2(NR_flock, root, LOCK_EX);
	/* Without the privilege, nothing changes. */
	CALL3(NR_setpriority, PRIO_PROCESS, 0, -20);
}

__attribute__((noreturn, used)) void start(uword *sp)
{
	uword argc = sp[0];
	char **argv = (char **)(sp + 1);
	struct options o;
	int pinned;

	if (argc < 11)
		leave(2);
	o.results = CALL4(NR_openat, AT_FDCWD, argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	o.warmup = number(argv[4]);
	o.rounds = number(argv[5]);
	o.burst = number(argv[6]);
	o.gap_us = number(argv[7]);
	o.drain_us = number(argv[8]);
	pinned = !same(argv[2], "any");
	read_programs(argv + 9, argv + argc + 1, pinned && !same(argv[2], argv[3]) ? number(argv[3]) + 1 : 0,
		      number(argv[3]) + 1);
	if (o.results < 0 || count == 0 || o.burst > MAX_BURST)
		leave(2);
	if (pinned)
		pin(number(argv[2]));
	be_alone();
	for (uword i = 0; i < o.warmup + o.rounds; i++)
		play(&o, i);
	leave(0);
}
