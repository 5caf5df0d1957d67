//! What can keep a transcript from being played or compared. A reply that differs is no error: it is a result.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use thiserror::Error as ThisError;

/// Why a run could not be made; the text is for whoever started it.
#[derive(Debug, ThisError)]
pub enum Error {
    /// A file of the repository is missing or cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// A line of a transcript means nothing.
    #[error("{0}")]
    Transcript(String),

    /// A snapshot is not of the transcript that it is named after.
    #[error("{}: {problem}; regenerate it with INSTA_UPDATE=always", path.display())]
    Snapshot {
        /// The snapshot.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },

    /// Nobody is listening, or nobody answers.
    #[error("cannot connect to {address}: {source}")]
    Connect {
        /// Where the server should be.
        address: String,
        /// What the system said.
        source: io::Error,
    },

    /// A server of the test's own does not come up.
    #[error("the server does not start: {0}")]
    Start(#[from] io::Error),

    /// The server does not speak the version of the protocol that was asked for.
    #[error("the server refused HELLO 3: {0}")]
    NoResp3(String),

    /// The real Redis cannot be started or used.
    #[error("{0}")]
    Redis(String),

    /// A script cannot be played the way that was asked for.
    #[error("{0}")]
    Unplayable(String),

    /// There is no such chapter, or it has no server.
    #[error("chapter {0:02} has no transcripts")]
    Chapter(u8),
}

impl Error {
    pub(crate) fn connect(address: SocketAddr, source: io::Error) -> Error {
        Error::Connect { address: address.to_string(), source }
    }
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}
