use super::*;
use xns_core::{Errno, Format, Recorded, Seen, SeenKind};

const MOUNTS: &str = "\
27 1 254:1 / / rw - ext4 /dev/vda1 rw
28 27 254:16 / /whole rw - xfs /dev/vdb rw
29 27 0:40 / /tmp rw - tmpfs tmpfs rw
30 27 0:41 / /layers rw - overlay overlay rw,lowerdir=/a
31 27 0:42 /home /home rw - btrfs /dev/vda2 rw
32 27 0:43 / /net rw - nfs4 server:/x rw
33 27 0:44 / /pool rw - zfs pool/data rw
34 27 253:0 / /lv rw - ext4 /dev/mapper/vg-lv rw
";

/// vda has two partitions, vdb none, and dm-0 is of the device mapper.
fn facts() -> Facts {
    let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
    let mut files = vec![
        file("/proc/self/mountinfo", MOUNTS),
        file("names:/sys/block", "cciss!c0d0 loop0 vda vdb"),
        file("/sys/block/loop0/size", "0\n"),
        file("/sys/block/vda/size", "536870912\n"),
        file("/sys/block/vdb/size", "2048\n"),
        file("/sys/block/cciss!c0d0/size", "2048\n"),
        file("/sys/dev/block/254:0", "../../devices/pci0000:00/virtio1/block/vda"),
        file("/sys/dev/block/254:1", "../../devices/pci0000:00/virtio1/block/vda/vda1"),
        file("/sys/dev/block/254:1/partition", "1\n"),
        file("/sys/dev/block/254:1/../dev", "254:0\n"),
        file("/sys/dev/block/254:2", "../../devices/pci0000:00/virtio1/block/vda/vda2"),
        file("/sys/dev/block/254:2/partition", "2\n"),
        file("/sys/dev/block/254:2/../dev", "254:0\n"),
        file("/sys/dev/block/254:16", "../../devices/pci0000:00/virtio2/block/vdb"),
        file("/sys/dev/block/253:0", "../../devices/virtual/block/dm-0"),
        file("/sys/dev/block/104:0", "../../devices/pci0000:00/cciss0/block/cciss!c0d0"),
    ];
    let mut seen = Vec::new();
    for (path, node) in [
        ("/dev/vda", "b 254:0"),
        ("/dev/vda1", "b 254:1"),
        ("/dev/vda2", "b 254:2"),
        ("/dev/disk/by-label/root", "b 254:1"),
        ("/dev/disk/by-label/data", "b 254:16"),
        ("/dev/cciss/c0d0", "b 104:0"),
        ("/dev/gone", "b 9:9"),
        ("/dev/null", "c 1:3"),
    ] {
        files.push(file(&format!("node:{path}"), node));
        seen.push((PathBuf::from(path), Seen { kind: SeenKind::Other, ..Seen::file(0o600, Format::Unread) }));
    }
    let places = [("/", 27), ("/etc/passwd", 27), ("/whole", 28), ("/tmp/x", 29), ("/layers", 30)];
    let more = [("/home/me", 31), ("/net", 32), ("/pool/y", 33), ("/lv", 34), ("/odd", 99)];
    for (path, mount) in places.into_iter().chain(more) {
        let found = Seen { mount: Some(mount), ..Seen::file(0o644, Format::Unread) };
        seen.push((PathBuf::from(path), found));
    }
    Facts::recorded(Recorded { files, seen, ..Recorded::default() })
}

fn ask(text: &str) -> Result<Disk, DiskError> {
    whole_disk(OsStr::new(text), &facts())
}

#[test]
fn a_disk_is_found_by_device_path_and_number() {
    for (text, number, name, note) in [
        ("/dev/vda", "254:0", "vda", None),
        ("/dev/vda1", "254:0", "vda", Some("/dev/vda1 is part of vda: limits hold for whole disks")),
        (
            "/dev/disk/by-label/root",
            "254:0",
            "vda",
            Some("/dev/disk/by-label/root is vda1, part of vda: limits hold for whole disks"),
        ),
        ("/dev/disk/by-label/data", "254:16", "vdb", Some("/dev/disk/by-label/data is vdb")),
        ("/dev/cciss/c0d0", "104:0", "cciss!c0d0", None),
        ("254:0", "254:0", "vda", None),
        ("254:1", "254:0", "vda", Some("254:1 is vda1, part of vda: limits hold for whole disks")),
        ("/", "254:0", "vda", Some("/ is on vda1, part of vda: limits hold for whole disks")),
        (
            "/etc/passwd",
            "254:0",
            "vda",
            Some("/etc/passwd is on vda1, part of vda: limits hold for whole disks"),
        ),
        ("/whole", "254:16", "vdb", Some("/whole is on vdb")),
        ("/lv", "253:0", "dm-0", Some("/lv is on dm-0")),
        (
            "/home/me",
            "254:0",
            "vda",
            Some(
                "/home/me is on a btrfs, which was mounted from /dev/vda2 and may have further devices: \
                 /dev/vda2 is part of vda: limits hold for whole disks",
            ),
        ),
    ] {
        let disk = ask(text).unwrap();
        let found = (disk.to_string(), disk.name.as_str(), disk.note.as_deref());
        assert_eq!(found, (number.to_owned(), name, note), "{text}");
    }
}

#[test]
fn what_is_no_disk_says_what_it_is_and_what_to_give() {
    const HERE: &str = "; disks here: cciss/c0d0, vda, vdb";
    for (text, said) in [
        ("/dev/null", "/dev/null is a character device (1:3): I/O is limited on disks only, which are block devices".to_owned()),
        ("/dev/gone", format!("the kernel has no block device 9:9, which /dev/gone stands for{HERE}")),
        ("8:0", format!("there is no block device 8:0{HERE}")),
        ("/none", "no device or file '/none': No such file or directory".to_owned()),
        ("vda", "no device or file 'vda': No such file or directory (did you mean /dev/vda?)".to_owned()),
        ("null", "no device or file 'null': No such file or directory".to_owned()),
        ("8:", "no device or file '8:': No such file or directory".to_owned()),
        ("", "no device or file '': No such file or directory".to_owned()),
        (
            "/tmp/x",
            format!("/tmp/x is on a tmpfs mounted on /tmp (0:40), which is in memory: limit that with --memory, or give the path of a disk{HERE}"),
        ),
        (
            "/layers",
            format!("/layers is on an overlay (0:41), whose files are on other file systems: give a path on the one below, or the disk itself{HERE}"),
        ),
        (
            "/net",
            "/net is on an nfs4 (0:43), which another machine serves: its I/O is no disk's of this one, and cannot be limited here".to_owned(),
        ),
        ("/pool/y", format!("/pool/y is on a zfs mounted on /pool (0:44), which is on no one disk: give the disk itself, as /dev/NAME{HERE}")),
        ("/odd", "no mount is known for /odd: give the disk itself, as /dev/NAME".to_owned()),
    ] {
        assert_eq!(ask(text).unwrap_err().to_string(), said, "{text}");
    }
    assert!(matches!(ask("/none"), Err(DiskError::NoSuch { errno: Errno::ENOENT, .. })));
}
