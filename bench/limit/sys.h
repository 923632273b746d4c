/* System calls without libc, for x86-64 and aarch64: what the programs of the benchmark share. */
#ifndef XNS_BENCH_SYS_H
#define XNS_BENCH_SYS_H

typedef long word;
typedef unsigned long uword;

#define NULL ((void *)0)

#define CLONE_VM 0x00000100UL
#define CLONE_VFORK 0x00004000UL
#define CLONE_NEWNS 0x00020000UL
#define CLONE_NEWCGROUP 0x02000000UL
#define CLONE_NEWUTS 0x04000000UL
#define CLONE_NEWIPC 0x08000000UL
#define CLONE_NEWUSER 0x10000000UL
#define CLONE_NEWPID 0x20000000UL
#define CLONE_NEWNET 0x40000000UL
#define SIGCHLD 17UL

#define MS_NOSUID 2UL
#define MS_NODEV 4UL
#define MS_NOEXEC 8UL
#define MS_BIND 4096UL
#define MS_REC 16384UL
#define MS_PRIVATE (1UL << 18)

#define O_RDONLY 0
#define O_WRONLY 01
#define O_CREAT 0100
#define O_TRUNC 01000
#define O_CLOEXEC 02000000
#define O_PATH 010000000
#define AT_FDCWD (-100)

#if defined(__x86_64__)

enum nr {
	NR_read = 0,
	NR_write = 1,
	NR_close = 3,
	NR_fstat = 5,
	NR_ioctl = 16,
	NR_dup = 32,
	NR_socket = 41,
	NR_execve = 59,
	NR_wait4 = 61,
	NR_flock = 73,
	NR_ptrace = 101,
	NR_geteuid = 107,
	NR_getegid = 108,
	NR_setsid = 112,
	NR_setpriority = 141,
	NR_prctl = 157,
	NR_mount = 165,
	NR_sched_setaffinity = 203,
	NR_getdents64 = 217,
	NR_clock_gettime = 228,
	NR_clock_nanosleep = 230,
	NR_exit_group = 231,
	NR_openat = 257,
	NR_mkdirat = 258,
	NR_newfstatat = 262,
	NR_unlinkat = 263,
	NR_readlinkat = 267,
	NR_ppoll = 271,
	NR_unshare = 272,
	NR_pipe2 = 293,
	NR_setns = 308,
	NR_pidfd_open = 434,
	NR_close_range = 436,
	NR_pidfd_getfd = 438,
};

/* What is used of the kernel's struct stat. */
struct stat {
	uword dev, ino, nlink;
	unsigned int mode, uid, gid, pad;
	uword rdev, size;
	uword rest[11];
};

static inline word call6(word n, word a, word b, word c, word d, word e, word f)
{
	register word r10 __asm__("r10") = d;
	register word r8 __asm__("r8") = e;
	register word r9 __asm__("r9") = f;
	word ret;
	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

/*
 * clone(flags); the child calls fn(arg), which must not return. With CLONE_VM|CLONE_VFORK it runs on the caller's stack,
 * below the return address, and the caller stands still until it has gone: what it overwrites is nobody's.
 */
word spawn(uword flags, void (*fn)(void *), void *arg);
__asm__(".text\n"
	"spawn:\n"
	"	push %rdx\n"
	"	push %rsi\n"
	"	xor %esi, %esi\n"
	"	xor %edx, %edx\n"
	"	xor %r10d, %r10d\n"
	"	xor %r8d, %r8d\n"
	"	mov $56, %eax\n"
	"	syscall\n"
	"	test %rax, %rax\n"
	"	jnz 1f\n"
	"	pop %rax\n"
	"	pop %rdi\n"
	"	sub $8, %rsp\n"
	"	call *%rax\n"
	"	ud2\n"
	"1:	add $16, %rsp\n"
	"	ret\n");

/* The same by clone3(args, size), whose flags have to have CLONE_VM and CLONE_VFORK. */
word spawn3(const void *args, uword size, void (*fn)(void *), void *arg);
__asm__(".text\n"
	"spawn3:\n"
	"	push %rcx\n"
	"	push %rdx\n"
	"	mov $435, %eax\n"
	"	syscall\n"
	"	test %rax, %rax\n"
	"	jnz 1f\n"
	"	pop %rax\n"
	"	pop %rdi\n"
	"	sub $8, %rsp\n"
	"	call *%rax\n"
	"	ud2\n"
	"1:	add $16, %rsp\n"
	"	ret\n");

/* The kernel enters with argc on top of the stack, then argv, then envp. */
__asm__(".text\n"
	".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start\n"
	"	ud2\n");

#elif defined(__aarch64__)

enum nr {
	NR_dup = 23,
	NR_ioctl = 29,
	NR_flock = 32,
	NR_mkdirat = 34,
	NR_unlinkat = 35,
	NR_mount = 40,
	NR_openat = 56,
	NR_close = 57,
	NR_pipe2 = 59,
	NR_getdents64 = 61,
	NR_read = 63,
	NR_write = 64,
	NR_ppoll = 73,
	NR_readlinkat = 78,
	NR_newfstatat = 79,
	NR_fstat = 80,
	NR_exit_group = 94,
	NR_unshare = 97,
	NR_clock_gettime = 113,
	NR_clock_nanosleep = 115,
	NR_ptrace = 117,
	NR_sched_setaffinity = 122,
	NR_setpriority = 140,
	NR_setsid = 157,
	NR_prctl = 167,
	NR_geteuid = 175,
	NR_getegid = 177,
	NR_socket = 198,
	NR_execve = 221,
	NR_wait4 = 260,
	NR_setns = 268,
	NR_pidfd_open = 434,
	NR_close_range = 436,
	NR_pidfd_getfd = 438,
};

/* What is used of the kernel's struct stat. */
struct stat {
	uword dev, ino;
	unsigned int mode, nlink, uid, gid;
	uword rdev, pad, size;
	uword rest[9];
};

static inline word call6(word n, word a, word b, word c, word d, word e, word f)
{
	register word x8 __asm__("x8") = n;
	register word x0 __asm__("x0") = a;
	register word x1 __asm__("x1") = b;
	register word x2 __asm__("x2") = c;
	register word x3 __asm__("x3") = d;
	register word x4 __asm__("x4") = e;
	register word x5 __asm__("x5") = f;
	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

word spawn(uword flags, void (*fn)(void *), void *arg);
__asm__(".text\n"
	"spawn:\n"
	"	stp x1, x2, [sp, #-16]!\n"
	"	mov x1, xzr\n"
	"	mov x2, xzr\n"
	"	mov x3, xzr\n"
	"	mov x4, xzr\n"
	"	mov x8, #220\n"
	"	svc #0\n"
	"	cbnz x0, 1f\n"
	"	ldp x1, x0, [sp], #16\n"
	"	blr x1\n"
	"	brk #0\n"
	"1:	add sp, sp, #16\n"
	"	ret\n");

word spawn3(const void *args, uword size, void (*fn)(void *), void *arg);
__asm__(".text\n"
	"spawn3:\n"
	"	stp x2, x3, [sp, #-16]!\n"
	"	mov x8, #435\n"
	"	svc #0\n"
	"	cbnz x0, 1f\n"
	"	ldp x1, x0, [sp], #16\n"
	"	blr x1\n"
	"	brk #0\n"
	"1:	add sp, sp, #16\n"
	"	ret\n");

__asm__(".text\n"
	".globl _start\n"
	"_start:\n"
	"	mov x29, xzr\n"
	"	mov x30, xzr\n"
	"	mov x0, sp\n"
	"	and sp, x0, #-16\n"
	"	bl start\n"
	"	brk #0\n");

#else
#error "the benchmark's programs know x86-64 and aarch64"
#endif

#define CALL0(n) call6(n, 0, 0, 0, 0, 0, 0)
#define CALL1(n, a) call6(n, (word)(a), 0, 0, 0, 0, 0)
#define CALL2(n, a, b) call6(n, (word)(a), (word)(b), 0, 0, 0, 0)
#define CALL3(n, a, b, c) call6(n, (word)(a), (word)(b), (word)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) call6(n, (word)(a), (word)(b), (word)(c), (word)(d), 0, 0)
#define CALL5(n, a, b, c, d, e) call6(n, (word)(a), (word)(b), (word)(c), (word)(d), (word)(e), 0)

__attribute__((noreturn)) static inline void leave(int status)
{
	for (;;)
		CALL1(NR_exit_group, status);
}

static inline uword number(const char *s)
{
	uword n = 0;

	for (; *s >= '0' && *s <= '9'; s++)
		n = n * 10 + (uword)(*s - '0');
	return n;
}

static inline int same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

#endif
