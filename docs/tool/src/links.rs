//! Follows the links between pages, and to files of the repository.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::page::{Link, Page};
use crate::problem::Problem;

/// Whether a link leaves the repository.
pub fn is_external(target: &str) -> bool {
    target
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphabetic()))
}

/// The file that `target` names when it stands in `file`, relative to the root, and the anchor in it. `None` if it leads
/// out of the repository.
pub fn resolve(file: &str, target: &str) -> Option<(PathBuf, Option<String>)> {
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_owned())),
        None => (target, None),
    };
    if path.is_empty() {
        return Some((file.into(), anchor));
    }
    let mut resolved = Path::new(file).parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(&path.replace("%20", " ")).components() {
        match part {
            Component::Normal(part) => resolved.push(part),
            Component::ParentDir => {
                if !resolved.pop() {
                    return None;
                }
            }
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some((resolved, anchor))
}

/// The links of `file` that lead nowhere. `anchors` has those of each page read so far, and is added to.
pub fn dead(root: &Path, file: &str, page: &Page, anchors: &mut Anchors) -> Vec<Problem> {
    page.links
        .iter()
        .filter(|link| !is_external(&link.target))
        .filter_map(|link| {
            Some(Problem::new(file, link.line, why_dead(root, file, link, anchors)?))
        })
        .collect()
}

/// The anchors of pages by their path.
#[derive(Debug, Default)]
pub struct Anchors(HashMap<PathBuf, Page>);

impl Anchors {
    fn has(&mut self, root: &Path, path: &Path, anchor: &str) -> bool {
        let page = self.0.entry(path.to_owned()).or_insert_with(|| {
            std::fs::read_to_string(root.join(path))
                .map(|text| Page::read(&text, &[]))
                .unwrap_or_default()
        });
        page.anchors.contains(anchor)
    }
}

fn why_dead(root: &Path, file: &str, link: &Link, anchors: &mut Anchors) -> Option<String> {
    let target = &link.target;
    let Some((path, anchor)) = resolve(file, target) else {
        return Some(format!("the link `{target}` leads out of the repository"));
    };
    if !root.join(&path).exists() {
        return Some(format!("the link `{target}` is dead: there is no {}", path.display()));
    }
    let anchor = anchor?;
    if path.extension().is_none_or(|extension| extension != "md") {
        return Some(format!("the link `{target}` names a line, which moves: link to the file"));
    }
    (!anchors.has(root, &path, &anchor)).then(|| {
        format!("the link `{target}` is dead: {} has no heading `#{anchor}`", path.display())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn links_resolve_beside_their_page() {
        for (target, path, anchor) in [
            ("04_B.md", "docs/04_B.md", None),
            ("../flashkv/src/server.rs", "flashkv/src/server.rs", None),
            ("./images/a.svg", "docs/images/a.svg", None),
            ("#the-idea", "docs/03_A.md", Some("the-idea")),
            ("04_B.md#x", "docs/04_B.md", Some("x")),
        ] {
            assert_eq!(
                resolve("docs/03_A.md", target),
                Some((path.into(), anchor.map(str::to_owned)))
            );
        }
        assert_eq!(resolve("docs/03_A.md", "../../x"), None);
        assert_eq!(resolve("docs/03_A.md", "/x"), None);
        assert!(
            is_external("https://redis.io") && is_external("mailto:a@b") && !is_external("a.md")
        );
    }

    #[test]
    fn dead_links_and_anchors_are_found() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("docs")).unwrap();
        fs::write(root.path().join("docs/b.md"), "# Here\n").unwrap();
        fs::write(root.path().join("docs/c.rs"), "").unwrap();
        let text = "[a](b.md#here) [b](b.md) [c](https://x.y)\n\n[d](b.md#gone)\n[e](gone.md)\n[f](c.rs#L1) [g](../../x)\n";
        let page = Page::read(text, &[]);
        let found = dead(root.path(), "docs/a.md", &page, &mut Anchors::default());
        let lines: Vec<_> = found.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [3, 4, 5, 5], "{found:?}");
        assert!(found[0].message.ends_with("docs/b.md has no heading `#gone`"), "{}", found[0]);
    }
}
