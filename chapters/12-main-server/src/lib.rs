//! The complete chapter server.
