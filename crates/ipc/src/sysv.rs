//! System V objects as `/proc/sysvipc` lists them (sysvipc(7), proc_sysvipc(5)).

/// What all three sorts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object {
    /// The key by which programs find it; 0 is IPC_PRIVATE.
    pub key: i32,
    /// Its number.
    pub id: i32,
    /// Permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

/// A shared memory segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Key, number, owner.
    pub object: Object,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many times it is attached.
    pub attached: u64,
    /// Who made it, as a PID here; 0 for one that has none here.
    pub creator: u32,
    /// Is it removed as soon as nobody has it attached (SHM_DEST)?
    pub is_to_be_removed: bool,
}

/// A set of semaphores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SemaphoreSet {
    /// Key, number, owner.
    pub object: Object,
    /// How many semaphores.
    pub semaphores: u64,
}

/// A message queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageQueue {
    /// Key, number, owner.
    pub object: Object,
    /// How much is in its messages, in bytes.
    pub bytes: u64,
    /// How many messages.
    pub messages: u64,
}

/// All of a namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SysV {
    /// Shared memory.
    pub segments: Vec<Segment>,
    /// Semaphores.
    pub semaphores: Vec<SemaphoreSet>,
    /// Message queues.
    pub queues: Vec<MessageQueue>,
}

/// SHM_DEST of shmctl(2), above the permission bits.
const SHM_DEST: u32 = 0o1000;
const PERMISSIONS: u32 = 0o777;

impl SysV {
    /// The texts of `shm`, `sem` and `msg`; `None` unless each has the columns that are needed, and a number in each.
    pub fn parse(shm: &[u8], sem: &[u8], msg: &[u8]) -> Option<Self> {
        let segments = rows(shm, "shmid", |object, row| {
            let is_to_be_removed = row.octal("perms")? & SHM_DEST != 0;
            let (bytes, attached, creator) =
                (row.number("size")?, row.number("nattch")?, row.number("cpid")?);
            Some(Segment { object, bytes, attached, creator, is_to_be_removed })
        });
        let semaphores =
            rows(sem, "semid", |object, row| Some(SemaphoreSet { object, semaphores: row.number("nsems")? }));
        let queues = rows(msg, "msqid", |object, row| {
            Some(MessageQueue { object, bytes: row.number("cbytes")?, messages: row.number("qnum")? })
        });
        Some(SysV { segments: segments?, semaphores: semaphores?, queues: queues? })
    }

    /// Is nothing there?
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty() && self.semaphores.is_empty() && self.queues.is_empty()
    }
}

/// A line, with the columns' names.
struct Row<'a> {
    names: &'a [&'a str],
    values: Vec<&'a str>,
}

impl Row<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        let column = self.names.iter().position(|known| *known == name)?;
        self.values.get(column).copied()
    }

    fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.text(name)?.parse().ok()
    }

    fn octal(&self, name: &str) -> Option<u32> {
        u32::from_str_radix(self.text(name)?, 8).ok()
    }

    fn object(&self, id: &str) -> Option<Object> {
        Some(Object {
            key: self.number("key")?,
            id: self.number(id)?,
            mode: self.octal("perms")? & PERMISSIONS,
            uid: self.number("uid")?,
            gid: self.number("gid")?,
        })
    }
}

/// The first line names the columns: newer kernels add some.
fn rows<T>(text: &[u8], id: &str, item: impl Fn(Object, &Row<'_>) -> Option<T>) -> Option<Vec<T>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut lines = text.lines();
    let names: Vec<_> = lines.next()?.split_ascii_whitespace().collect();
    lines
        .map(|line| {
            let row = Row { names: &names, values: line.split_ascii_whitespace().collect() };
            item(row.object(id)?, &row)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHM: &str = "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap
 -559038737          0   644                  4096 31337     0      2     0     5     0     0          0          0 1700000000                     0                     0
         0      32769  1600 18446744073709551615     0     0      0  1000  1000  1000  1000          0          0 1700000000                     0                     0
";
    const SEM: &str = "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime
        17          3   600          8     0     0     0     0          0 1700000000
";
    const MSG: &str = "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime
         9          1   666          12          2     0     0     0     0     0     0          0          0 1700000000
";

    #[test]
    fn the_texts_of_the_kernel() {
        let found = SysV::parse(SHM.as_bytes(), SEM.as_bytes(), MSG.as_bytes()).unwrap();
        let object = Object { key: 0xdead_beef_u32.cast_signed(), id: 0, mode: 0o644, uid: 0, gid: 5 };
        let first = Segment { object, bytes: 4096, attached: 2, creator: 31337, is_to_be_removed: false };
        assert_eq!(found.segments[0], first);
        let second = found.segments[1];
        assert_eq!((second.bytes, second.is_to_be_removed, second.object.mode), (u64::MAX, true, 0o600));
        assert_eq!((found.semaphores[0].semaphores, found.semaphores[0].object.id), (8, 3));
        assert_eq!((found.queues[0].bytes, found.queues[0].messages), (12, 2));
        let head = |text: &str| text.lines().next().unwrap().as_bytes().to_vec();
        assert!(SysV::parse(&head(SHM), &head(SEM), &head(MSG)).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_such_text_is_refused() {
        for shm in ["", "key shmid perms\n1 2 600\n", "key shmid\n1\n"] {
            assert!(SysV::parse(shm.as_bytes(), SEM.as_bytes(), MSG.as_bytes()).is_none(), "{shm}");
        }
        let cut = &SHM.as_bytes()[..SHM.len() - 150];
        assert_eq!(SysV::parse(cut, SEM.as_bytes(), MSG.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn any_bytes(shm: Vec<u8>, sem: Vec<u8>, msg: Vec<u8>) {
            let _ = SysV::parse(&shm, &sem, &msg);
        }
    }
}
