//! A decoding proxy between redis-cli and a server.
