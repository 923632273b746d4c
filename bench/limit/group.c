/*
 * The limit of running in control groups: `group WORD… -- PROGRAM [ARGUMENT…]` does what the words say, in their order, by the
 * system calls that this needs and no others, and executes the program. It has no libc, so that nothing starts up before it.
 *
 *   +DIR         makes the group; it is removed at the end
 *   FILE=VALUE   writes the value; `?FILE=VALUE`: unless there is no such file
 *   @FILE        who becomes the program writes 0 there: `tasks`, or `cgroup.procs`
 *   ^DIR         the program starts in this group of version 2 (CLONE_INTO_CGROUP)
 *
 * With `+` or `^` the program is a child that is waited for; else this process becomes it.
 */
#include "sys.h"

#define ENOENT 2
#define AT_REMOVEDIR 0x200
#define CLONE_INTO_CGROUP 0x200000000UL

/* The kernel's struct clone_args. */
struct clone_args {
	uword flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

struct launch {
	char **words;
	char **end; /* the word -- */
	char **envp;
};

static word must(word ret, int status)
{
	if (ret < 0)
		leave(status);
	return ret;
}

static void write_file(const char *path, const char *text, int may_miss)
{
	word fd = CALL4(NR_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
	uword len = 0;

	if (may_miss && fd == -ENOENT)
		return;
	while (text[len])
		len++;
	must(fd, 101);
	must(CALL3(NR_write, fd, text, len), 102);
}

/* FILE=VALUE */
static void set(char *word)
{
	int may_miss = *word == '?';
	char *path = word + may_miss;
	char *p = path;

	while (*p && *p != '=')
		p++;
	if (!*p)
		leave(100);
	*p = '\0';
	write_file(path, p + 1, may_miss);
}

static void execute(const struct launch *l)
{
	CALL3(NR_execve, l->end[1], l->end + 1, l->envp);
	leave(127);
}

/* In the groups of version 1, of which this task is moved alone, and then the program. */
static void child(void *arg)
{
	const struct launch *l = arg;

	for (char **what = l->words; what < l->end; what++)
		if (**what == '@')
			write_file(*what + 1, "0", 0);
	execute(l);
}

__attribute__((noreturn, used)) void start(uword *sp)
{
	uword argc = sp[0];
	char **argv = (char **)(sp + 1);
	struct launch l = { argv + 1, argv + 1, argv + argc + 1 };
	struct clone_args clone = { .flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD };
	int waits = 0, status = 0;
	word pid;

	for (; *l.end && !same(*l.end, "--"); l.end++) {
		char *what = *l.end;

		switch (*what) {
		case '+':
			must(CALL3(NR_mkdirat, AT_FDCWD, what + 1, 0755), 103);
			waits = 1;
			break;
		case '^':
			clone.cgroup = (uword)must(CALL4(NR_openat, AT_FDCWD, what + 1, O_PATH | O_CLOEXEC, 0), 104);
			clone.flags |= CLONE_INTO_CGROUP;
			waits = 1;
			break;
		case '@':
			break;
		default:
			set(what);
		}
	}
	if (!*l.end || !l.end[1])
		leave(100);
	if (!waits)
		child(&l);
	pid = must(spawn3(&clone, sizeof(clone), child, &l), 105);
	must(CALL4(NR_wait4, pid, &status, 0, NULL), 106);
	for (char **what = l.end; what-- > l.words;)
		if (**what == '+')
			must(CALL3(NR_unlinkat, AT_FDCWD, *what + 1, AT_REMOVEDIR), 107);
	leave(status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
}
