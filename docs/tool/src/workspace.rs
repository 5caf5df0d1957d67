//! What the repository holds: its packages, their targets and which depends on which, as cargo tells it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The repository.
#[derive(Debug)]
pub struct Workspace {
    /// Its root, absolute.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
    /// Its packages by name.
    pub packages: BTreeMap<String, Package>,
}

/// One package of it.
#[derive(Debug, Clone, Default)]
pub struct Package {
    /// Its folder, relative to the root.
    pub folder: PathBuf,
    /// Names of the packages it depends on, and whether for its tests only.
    pub dependencies: Vec<(String, bool)>,
    /// Kinds and names of its targets, such as `("bin", "chapter-03")`.
    pub targets: Vec<(String, String)>,
}

impl Package {
    /// Whether it has a target of this kind and name.
    pub fn has(&self, kind: &str, name: &str) -> bool {
        self.targets.iter().any(|(k, n)| k == kind && n == name)
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<MetadataDependency>,
    targets: Vec<MetadataTarget>,
}

#[derive(Deserialize)]
struct MetadataDependency {
    name: String,
    kind: Option<String>,
}

#[derive(Deserialize)]
struct MetadataTarget {
    name: String,
    kind: Vec<String>,
}

impl Workspace {
    /// The repository that `start` lies in.
    ///
    /// # Errors
    ///
    /// There is none, or cargo does not understand it.
    pub fn find(start: &Path) -> Result<Self> {
        let start = start.canonicalize()?;
        let Some(root) = start
            .ancestors()
            .find(|folder| folder.join("Cargo.toml").is_file() && folder.join("docs").is_dir())
        else {
            bail!(
                "{} is not inside the repository: no folder above it has docs and Cargo.toml",
                start.display()
            );
        };
        let output = cargo(root)
            .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
            .output()
            .context("cannot run cargo")?;
        if !output.status.success() {
            bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        }
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("cargo metadata")?;
        let packages = metadata.packages.into_iter().map(|package| {
            let folder = package.manifest_path.parent().unwrap_or(Path::new(""));
            let folder = folder.strip_prefix(root).unwrap_or(folder).to_owned();
            let dependencies = package
                .dependencies
                .into_iter()
                .map(|dependency| (dependency.name, dependency.kind.as_deref() == Some("dev")))
                .collect();
            let targets = package
                .targets
                .into_iter()
                .flat_map(|target| {
                    target.kind.into_iter().map(move |kind| (kind, target.name.clone()))
                })
                .collect();
            (package.name, Package { folder, dependencies, targets })
        });
        Ok(Self {
            root: root.to_owned(),
            target: metadata.target_directory,
            packages: packages.collect(),
        })
    }

    /// The chapters' packages by number.
    pub fn chapters(&self) -> impl Iterator<Item = (u32, &Package)> {
        self.packages.iter().filter_map(|(name, package)| Some((chapter_number(name)?, package)))
    }

    /// The pages of the course and the README, relative to the root.
    ///
    /// # Errors
    ///
    /// `docs` cannot be read.
    pub fn pages(&self) -> Result<Vec<String>> {
        let mut pages = Vec::new();
        for entry in std::fs::read_dir(self.root.join("docs"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") {
                pages.push(format!("docs/{name}"));
            }
        }
        pages.sort();
        if self.root.join("README.md").is_file() {
            pages.push("README.md".into());
        }
        Ok(pages)
    }
}

/// The number of a package `chapter-NN`.
pub fn chapter_number(package: &str) -> Option<u32> {
    package.strip_prefix("chapter-")?.parse().ok()
}

/// A call of cargo that does not see what the cargo above us has set for us.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    clean(&mut command);
    command.current_dir(root).env("CARGO_TERM_COLOR", "never");
    command
}

/// Takes away what differs from one person's shell to the next and would show in what a program prints.
pub fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "FLASHKV_"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
            || ["RUST_LOG", "RUST_BACKTRACE", "CLICOLOR_FORCE"].contains(&&*text)
        {
            command.env_remove(name);
        }
    }
    command.env("NO_COLOR", "1").env("TERM", "dumb").env("COLUMNS", "100").env("LC_ALL", "C.UTF-8");
}

/// Chapters that depend on themselves or on later ones, and a finished crate that depends on any.
pub fn wrong_dependencies(workspace: &Workspace) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    for (name, package) in &workspace.packages {
        for (dependency, _) in &package.dependencies {
            let Some(needed) = chapter_number(dependency) else { continue };
            let allowed = match chapter_number(name) {
                Some(own) => needed < own,
                None => name != "flashkv",
            };
            if !allowed {
                let manifest = package.folder.join("Cargo.toml").to_string_lossy().into_owned();
                wrong.push((
                    manifest,
                    format!("{name} depends on {dependency}: only on lower chapters it may"),
                ));
            }
        }
        let finished = package
            .dependencies
            .iter()
            .any(|(dependency, tests)| dependency == "flashkv" && !tests);
        if finished && chapter_number(name).is_some_and(|number| number < 13) {
            let manifest = package.folder.join("Cargo.toml").to_string_lossy().into_owned();
            wrong.push((
                manifest,
                format!("{name} depends on the finished crate, which it is to teach"),
            ));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(packages: &[(&str, &[(&str, bool)])]) -> Workspace {
        let packages = packages.iter().map(|(name, dependencies)| {
            let dependencies =
                dependencies.iter().map(|(name, tests)| ((*name).to_owned(), *tests)).collect();
            ((*name).to_owned(), Package { dependencies, ..Package::default() })
        });
        Workspace { root: "/".into(), target: "/target".into(), packages: packages.collect() }
    }

    #[test]
    fn chapters_depend_on_lower_ones_only() {
        let fine = workspace(&[
            ("chapter-05", &[("chapter-03", false), ("bytes", false), ("flashkv", true)]),
            ("chapter-13", &[("flashkv", false)]),
            ("exercises", &[("chapter-12", false)]),
            ("flashkv", &[("tokio", false)]),
        ]);
        assert_eq!(wrong_dependencies(&fine), []);
        for wrong in [
            workspace(&[("chapter-05", &[("chapter-06", true)])]),
            workspace(&[("chapter-05", &[("chapter-05", false)])]),
            workspace(&[("chapter-12", &[("flashkv", false)])]),
            workspace(&[("flashkv", &[("chapter-01", true)])]),
        ] {
            assert_eq!(wrong_dependencies(&wrong).len(), 1, "{wrong:?}");
        }
    }
}
