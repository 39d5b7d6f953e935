//! One binary for all integration tests of `schema`.

mod definitie;
mod gebieden;
mod weigeren;
