//! The columns of a table of namespaces or processes.

/// One of them. The original's come first, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is explained by its words")]
pub enum Column {
    Ns,
    Type,
    Path,
    Nprocs,
    Pid,
    Ppid,
    Command,
    Uid,
    User,
    NetnsId,
    Nsfs,
    Pns,
    Ons,
    Pins,
}

impl Column {
    /// All.
    pub const ALL: [Column; 14] = [
        Column::Ns,
        Column::Type,
        Column::Path,
        Column::Nprocs,
        Column::Pid,
        Column::Ppid,
        Column::Command,
        Column::Uid,
        Column::User,
        Column::NetnsId,
        Column::Nsfs,
        Column::Pns,
        Column::Ons,
        Column::Pins,
    ];

    /// The original's.
    pub fn of_original() -> &'static [Column] {
        const { Column::ALL.split_at(13).0 }
    }

    /// The heading.
    pub const fn name(self) -> &'static str {
        NAMES[self as usize]
    }

    /// What is in it.
    pub const fn about(self) -> &'static str {
        match self {
            Column::Ns => "namespace identifier (inode number)",
            Column::Type => "kind of namespace",
            Column::Path => "path to the namespace",
            Column::Nprocs => "number of processes in the namespace",
            Column::Pid => "lowest PID in the namespace",
            Column::Ppid => "PPID of the PID",
            Column::Command => "command line of the PID",
            Column::Uid => "UID of the PID",
            Column::User => "username of the PID",
            Column::NetnsId => "namespace ID as used by network subsystem",
            Column::Nsfs => "nsfs mountpoint (usually used network subsystem)",
            Column::Pns => "parent namespace identifier (inode number)",
            Column::Ons => "owner namespace identifier (inode number)",
            Column::Pins => "what keeps a namespace that no process is in",
        }
    }

    /// By its name, in letters of either case.
    pub fn by_name(name: &str) -> Option<Column> {
        Column::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(name))
    }

    /// Is it a number, also in JSON and in comparisons?
    pub const fn is_number(self) -> bool {
        matches!(
            self,
            Column::Ns
                | Column::Nprocs
                | Column::Pid
                | Column::Ppid
                | Column::Uid
                | Column::Pns
                | Column::Ons
        )
    }
}

impl crate::filter::Column for Column {
    fn named(name: &str) -> Option<Self> {
        Column::by_name(name)
    }

    fn is_number(self) -> bool {
        self.is_number()
    }
}

/// The headings, in the order of [`Column::ALL`].
pub const NAMES: [&str; 14] = [
    "NS", "TYPE", "PATH", "NPROCS", "PID", "PPID", "COMMAND", "UID", "USER", "NETNSID", "NSFS", "PNS", "ONS",
    "PINS",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_name() {
        for (i, column) in Column::ALL.into_iter().enumerate() {
            assert_eq!(column as usize, i);
            assert_eq!(Column::by_name(&column.name().to_lowercase()), Some(column));
        }
        assert_eq!(Column::by_name(" NS"), None);
    }
}
