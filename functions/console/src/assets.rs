//! The pages' files. They travel inside the binary, and their names change with what is in them, so browsers may keep them for ever.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::site::Site;

/// A file of the pages.
#[derive(Debug)]
pub struct Asset {
    stem: &'static str,
    extension: &'static str,
    content_type: &'static str,
    body: &'static str,
}

/// The style sheet.
pub static CSS: Asset = Asset {
    stem: "console",
    extension: "css",
    content_type: "text/css; charset=utf-8",
    body: include_str!("../assets/console.css"),
};
/// Our own script.
pub static JS: Asset =
    Asset { stem: "console", extension: "js", content_type: JAVASCRIPT, body: include_str!("../assets/console.js") };
/// htmx, as its authors distribute it; see assets/README.md.
pub static HTMX: Asset = Asset {
    stem: "htmx",
    extension: "js",
    content_type: JAVASCRIPT,
    body: include_str!("../assets/htmx-2.0.11.min.js"),
};
/// The icon.
pub static ICON: Asset =
    Asset { stem: "icon", extension: "svg", content_type: "image/svg+xml", body: include_str!("../assets/icon.svg") };

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

static ALL: LazyLock<Vec<(String, &'static Asset)>> =
    LazyLock::new(|| [&CSS, &JS, &HTMX, &ICON].map(|asset| (asset.named(), asset)).to_vec());

impl Asset {
    fn named(&self) -> String {
        let mut name = format!("{}.", self.stem);
        for byte in &Sha256::digest(self.body)[..8] {
            let _ = write!(name, "{byte:02x}");
        }
        format!("{name}.{}", self.extension)
    }

    /// Where it is.
    pub fn path(&self, site: &Site) -> String {
        let name = ALL.iter().find(|(_, asset)| std::ptr::eq(*asset, self)).map_or("", |(name, _)| name);
        site.path(&format!("/assets/{name}"))
    }
}

/// `GET /assets/{name}`.
pub async fn show(name: Result<Path<String>, axum::extract::rejection::PathRejection>) -> Response {
    let wanted = name.map(|Path(name)| name).unwrap_or_default();
    let Some((_, asset)) = ALL.iter().find(|(name, _)| *name == wanted) else {
        return (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain")], "not found").into_response();
    };
    let headers =
        [(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn htmx_is_the_file_that_its_authors_distribute() {
        let checksum = hex::encode(Sha256::digest(HTMX.body));
        assert_eq!(checksum, "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717");
        assert!(include_str!("../assets/README.md").contains(&checksum));
    }

    #[test]
    fn a_name_has_the_hash_of_what_is_in_it() {
        let site = Site::new(Some("https://desk.example"), "");
        let path = CSS.path(&site);
        let hash = path.strip_prefix("/console/assets/console.").and_then(|rest| rest.strip_suffix(".css"));
        assert_eq!(hash.map(str::len), Some(16), "{path}");
    }
}
