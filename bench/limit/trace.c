/*
 * What a launch asks of the kernel: trace each|end RESULTS PROGRAM [ARGUMENT…] runs the program once under ptrace and writes three
 * numbers to RESULTS: system calls of all processes, the peak resident memory in KiB of the largest, the wait status.
 *
 * The calls are those that `strace -f` prints, from the execve that starts the tool to the exit of what it launched.
 *
 * Resident memory is read from the page tables (smaps_rollup) at the entry of each call; since it shrinks only by system
 * calls, no peak is missed. ru_maxrss cannot say it: since Linux 6.2 it leaves out what each CPU has not yet added to the
 * sum, up to 31 pages of each sort (a program of 4 pages has 0), and execve hands the launcher's own peak on.
 *
 * `end` counts no calls and looks only when a thread ends, at the peak that the kernel has kept (VmHWM; since Linux 6.17 exact
 * but for what was given back since): for programs that make a million calls.
 */
#include "sys.h"

#define SIGSTOP 19
#define SIGTRAP 5
#define ANY_CHILD (-1)
#define WALL 0x40000000
#define ECHILD 10
#define ESRCH 3

#define PTRACE_TRACEME 0
#define PTRACE_CONT 7
#define PTRACE_SYSCALL 24
#define PTRACE_SETOPTIONS 0x4200
#define PTRACE_GET_SYSCALL_INFO 0x420e
#define ENTRY 1
/* TRACESYSGOOD, TRACEFORK, TRACEVFORK, TRACECLONE, EXITKILL */
#define OPTIONS (1UL | 2 | 4 | 8 | 0x100000)
#define TRACEEXIT 0x40
#define EVENT_EXIT 6

struct results {
	uword calls;
	uword peak;
	uword status;
};

struct target {
	char **argv;
	char **envp;
};

static void child(void *arg)
{
	const struct target *t = arg;

	CALL4(NR_ptrace, PTRACE_TRACEME, 0, NULL, NULL);
	CALL3(NR_execve, t->argv[0], t->argv, t->envp);
	leave(127);
}

static char *append(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	*to = 0;
	return to;
}

static char *append_number(char *to, uword n)
{
	if (n >= 10)
		to = append_number(to, n / 10);
	*to++ = (char)('0' + n % 10);
	return to;
}

/* The number after the word, which is four characters. */
static uword find(const char *p, const char *end, const char *word)
{
	uword n = 0;

	while (p + 4 < end && !(p[0] == word[0] && p[1] == word[1] && p[2] == word[2] && p[3] == word[3]))
		p++;
	while (p < end && (*p < '0' || *p > '9'))
		p++;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (uword)(*p - '0');
	return n;
}

static uword resident(word pid, const char *file, const char *name)
{
	char path[64], text[2048];
	word fd, got;

	append(append_number(append(path, "/proc/"), (uword)pid), file);
	fd = CALL4(NR_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	got = CALL3(NR_read, fd, text, sizeof(text));
	CALL1(NR_close, fd);
	return got > 0 ? find(text, text + got, name) : 0;
}

static int at_entry(word pid)
{
	unsigned char info[128];

	return CALL4(NR_ptrace, PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), info) > 0 && info[0] == ENTRY;
}

static void keep_peak(struct results *r, uword kib)
{
	r->peak = kib > r->peak ? kib : r->peak;
}

/* Looks at the stopped process; returns the signal to go on with. */
static int look(word pid, int status, struct results *r)
{
	int signal = status >> 8 & 0xff;

	if (signal == (SIGTRAP | 0x80)) {
		if (at_entry(pid)) {
			r->calls++;
			keep_peak(r, resident(pid, "/smaps_rollup", "Rss:"));
		}
		return 0;
	}
	if (status >> 16 == EVENT_EXIT)
		keep_peak(r, resident(pid, "/status", "HWM:"));
	/* An event, the stop at an execve, and the stop that a new child begins with, are the tracer's own. */
	return signal == SIGTRAP || signal == SIGSTOP ? 0 : signal;
}

static void follow(word first, word go_on, struct results *r)
{
	for (;;) {
		int status = 0;
		word pid = CALL4(NR_wait4, ANY_CHILD, &status, WALL, NULL), ret;

		if (pid == -ECHILD)
			return;
		if (pid < 0)
			leave(4);
		if ((status & 0xff) != 0x7f) {
			if (pid == first)
				r->status = (uword)status;
			continue;
		}
		ret = CALL4(NR_ptrace, go_on, pid, 0, look(pid, status, r));
		if (ret < 0 && ret != -ESRCH)
			leave(6);
	}
}

__attribute__((noreturn, used)) void start(uword *sp)
{
	uword argc = sp[0];
	char **argv = (char **)(sp + 1);
	struct target t = { argv + 3, argv + argc + 1 };
	int each = argc > 1 && same(argv[1], "each");
	struct results r = { (uword)each, 0, 0 }; /* the execve that starts it is done before the first stop */
	word go_on = each ? PTRACE_SYSCALL : PTRACE_CONT;
	uword options = each ? OPTIONS : OPTIONS | TRACEEXIT;
	word out, pid;
	int status = 0;

	if (argc < 4)
		leave(2);
	out = CALL4(NR_openat, AT_FDCWD, argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	pid = spawn(CLONE_VM | CLONE_VFORK | SIGCHLD, child, &t);
	if (out < 0 || pid < 0 || CALL4(NR_wait4, pid, &status, WALL, NULL) != pid || (status & 0xff) != 0x7f)
		leave(4);
	if (CALL4(NR_ptrace, PTRACE_SETOPTIONS, pid, 0, options) < 0 || CALL4(NR_ptrace, go_on, pid, 0, 0) < 0)
		leave(6);
	follow(pid, go_on, &r);
	leave(CALL3(NR_write, out, &r, sizeof(r)) == sizeof(r) ? 0 : 5);
}
