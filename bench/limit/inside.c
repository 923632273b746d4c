/*
 * inside PEOPLE PROCESSES FAMILIES (--- PROGRAM [ARGUMENT…])…: runs the programs, one after the other, among a population
 * (people.c), in a PID namespace of their own with its own proc, so that nothing but them is seen. Exits as the last program
 * does, or as the first one that fails.
 *
 * The population ends at the end of its input, a pipe from here: with this program, however that ends; and this one ends
 * with the benchmark.
 */
#include "sys.h"

#define PR_SET_PDEATHSIG 1
#define SIGKILL 9

struct start {
	char **argv;
	char **envp;
	int input, output; /* -1: as here */
};

static void must(word ret, int status)
{
	if (ret < 0)
		leave(status);
}

static void move(int fd, int to)
{
	if (fd < 0)
		return;
	CALL1(NR_close, to);
	must(CALL1(NR_dup, fd), 110);
}

static void execute(void *arg)
{
	const struct start *s = arg;

	/* Its descriptors are 0, 1 and 2: a dup takes the lowest that is free. */
	move(s->input, 0);
	move(s->output, 1);
	CALL2(NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
	CALL3(NR_execve, s->argv[0], s->argv, s->envp);
	leave(127);
}

static int wait_for(word pid)
{
	int status = 0;

	must(CALL4(NR_wait4, pid, &status, 0, NULL), 106);
	return status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff;
}

/*
 * The kernel shares the CPUs between sessions (sched(7), autogroup), and a nice value counts within one: a session of its own,
 * at the highest, or what else runs takes half of the wall time.
 */
static void be_first(void)
{
	word file;

	CALL0(NR_setsid);
	file = CALL3(NR_openat, AT_FDCWD, "/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
	CALL3(NR_write, file, "-20", 3);
	CALL1(NR_close, file);
}

/* Its arguments end where the next one's mark is. */
static int run(char ***words, char **envp)
{
	struct start program = { *words + 1, envp, -1, -1 };
	word pid;
	char **end = program.argv;

	while (*end && !same(*end, "---"))
		end++;
	*words = end;
	/* The mark stays for the caller: the child has a copy of its own. */
	char *mark = *end;

	*end = NULL;
	/* The children of a process that has unshared its PID namespace are all in the new one. */
	pid = spawn(SIGCHLD, execute, &program);
	must(pid, 105);
	*end = mark;
	return wait_for(pid);
}

__attribute__((noreturn, used)) void start(uword *sp)
{
	uword argc = sp[0];
	char **argv = (char **)(sp + 1);
	char **envp = argv + argc + 1;
	int hold[2], ready[2], status = 0;
	word init;
	char byte;

	if (argc < 6 || !same(argv[4], "---"))
		leave(100);
	CALL2(NR_prctl, PR_SET_PDEATHSIG, SIGKILL);
	be_first();
	must(CALL2(NR_pipe2, hold, O_CLOEXEC), 110);
	must(CALL2(NR_pipe2, ready, O_CLOEXEC), 110);
	must(CALL1(NR_unshare, CLONE_NEWPID | CLONE_NEWNS), 107);

	/* Each process inherits these words as its command line: they are to be few. */
	char *words[] = { argv[1], argv[2], argv[3], NULL };
	struct start people = { words, envp, hold[0], ready[1] };

	init = spawn(SIGCHLD, execute, &people);
	must(init, 105);
	CALL1(NR_close, ready[1]);
	if (CALL3(NR_read, ready[0], &byte, 1) != 1)
		leave(wait_for(init));
	for (argv += 4; *argv && !status;)
		status = run(&argv, envp);
	CALL1(NR_close, hold[1]);
	wait_for(init);
	leave(status);
}
