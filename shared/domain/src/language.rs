//! The languages that people are spoken to in, and which of them is meant by a locale.

/// A language that everything a person reads is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, which stands in for all others.
    #[default]
    English,
    /// Indonesian.
    Indonesian,
    /// Vietnamese.
    Vietnamese,
    /// Spanish.
    Spanish,
    /// Portuguese as in Brazil.
    Portuguese,
    /// French.
    French,
    /// German.
    German,
    /// Japanese.
    Japanese,
    /// Korean.
    Korean,
    /// Chinese in simplified characters.
    ChineseSimplified,
    /// Chinese in traditional characters.
    ChineseTraditional,
}

impl Language {
    /// All of them, in the order of their discriminants.
    pub const ALL: [Self; 11] = [
        Self::English,
        Self::Indonesian,
        Self::Vietnamese,
        Self::Spanish,
        Self::Portuguese,
        Self::French,
        Self::German,
        Self::Japanese,
        Self::Korean,
        Self::ChineseSimplified,
        Self::ChineseTraditional,
    ];

    /// Discord's name for it. See [Discord Docs/Locales].
    pub const fn locale(self) -> &'static str {
        match self {
            Self::English => "en-US",
            Self::Indonesian => "id",
            Self::Vietnamese => "vi",
            Self::Spanish => "es-ES",
            Self::Portuguese => "pt-BR",
            Self::French => "fr",
            Self::German => "de",
            Self::Japanese => "ja",
            Self::Korean => "ko",
            Self::ChineseSimplified => "zh-CN",
            Self::ChineseTraditional => "zh-TW",
        }
    }

    /// The language for a locale, such as `es-419`: the one of the same name before its first hyphen, in any case and also with an
    /// underscore. Chinese is told apart by script or region. English for every other one.
    pub fn of(locale: &str) -> Self {
        let mut parts = locale.split(['-', '_']);
        let name = parts.next().unwrap_or_default();
        if name.eq_ignore_ascii_case("zh") {
            let traditional =
                |part: &str| ["Hant", "TW", "HK", "MO"].iter().any(|known| part.eq_ignore_ascii_case(known));
            // "Hans" in Hong Kong is simplified all the same.
            let simplified = locale.split(['-', '_']).any(|part| part.eq_ignore_ascii_case("Hans"));
            return if !simplified && parts.any(traditional) {
                Self::ChineseTraditional
            } else {
                Self::ChineseSimplified
            };
        }
        let is_it =
            |language: &Self| language.locale().split('-').next().is_some_and(|own| own.eq_ignore_ascii_case(name));
        Self::ALL.into_iter().find(is_it).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_its_language_or_english() {
        for (at, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!((Language::of(language.locale()), language as usize), (language, at));
        }
        let check = |locale: &str, expected: &str| assert_eq!(Language::of(locale).locale(), expected, "{locale:?}");
        check("en-GB", "en-US");
        check("es-419", "es-ES");
        check("es", "es-ES");
        check("pt", "pt-BR");
        check("pt-PT", "pt-BR");
        check("ID", "id");
        check("JA-jp", "ja");
        check("zh", "zh-CN");
        check("zh_CN", "zh-CN");
        check("zh-SG", "zh-CN");
        check("zh_HK", "zh-TW");
        check("zh-MO", "zh-TW");
        check("zh-Hant", "zh-TW");
        check("zh-Hant-HK", "zh-TW");
        check("zh-Hans-HK", "zh-CN");
        for other in ["sv-SE", "it", "", "-", "_", "i", "idx", "Ünknown"] {
            check(other, "en-US");
        }
    }
}
