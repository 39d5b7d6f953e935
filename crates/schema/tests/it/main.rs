//! One binary for all integration tests of `schema`.

mod artefacten;
mod definitie;
mod gebieden;
mod weigeren;
