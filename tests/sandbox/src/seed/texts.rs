//! What the seeded cases say: sentences of players, in several languages, put together anew for each case.

/// The sentences of one language.
pub(super) struct Language {
    /// A Discord locale.
    pub(super) locale: &'static str,
    /// How many people in a hundred write in it.
    pub(super) share: u64,
    pub(super) names: &'static [&'static str],
    /// What a bug is in.
    pub(super) things: &'static [&'static str],
    /// What is wrong with it; thing and fault make a title.
    pub(super) faults: &'static [&'static str],
    /// A wish makes a title.
    pub(super) wishes: &'static [&'static str],
    /// What people ask agents.
    pub(super) questions: &'static [&'static str],
    /// Sentences of a bug's text.
    pub(super) circumstances: &'static [&'static str],
    /// Sentences of a wish's text.
    pub(super) reasons: &'static [&'static str],
    /// How to make a bug happen.
    pub(super) steps: &'static [&'static str],
    /// What a reporter adds later.
    pub(super) replies: &'static [&'static str],
}

/// Where it happens. Some are rare, so that a search for one finds few cases.
pub(super) const DEVICES: [&str; 24] = [
    "Pixel 7",
    "Pixel 8a",
    "Pixel 6",
    "Galaxy S23",
    "Galaxy A54",
    "Galaxy S21",
    "iPhone 13",
    "iPhone 14",
    "iPhone 15",
    "iPhone SE",
    "Redmi Note 12",
    "Redmi 10C",
    "Moto G84",
    "OnePlus Nord",
    "Xperia 10",
    "Galaxy Tab S9",
    "iPad mini",
    "Fairphone 5",
    "Nothing Phone",
    "Zenfone 10",
    "Razr 40",
    "Huawei P30",
    "Nokia X20",
    "Poco F5",
];

/// What moderators and agents write beside a change.
pub(super) const NOTES: [&str; 16] = [
    "Seen on two of our own phones as well.",
    "Asked for the log, see the thread.",
    "Happens only with location set to approximate.",
    "The map team has it on their list for the next build.",
    "Could not make it happen on 0.297; trying the older build.",
    "Same stack trace as in the crash reports of last week.",
    "Works after a reinstall, so probably the cache.",
    "Talked about it in the weekly meeting, we keep it.",
    "Only with battery saver on.",
    "Three more people say so in the channel.",
    "The numbers of the store say the same since Tuesday.",
    "Forwarded to the translators.",
    "Needs a decision by design.",
    "A video came in, it shows the moment well.",
    "Not before the event ends.",
    "Looks like the time zone again.",
];

/// Why something is asked of the reporter.
pub(super) const ASKED: [&str; 5] = [
    "Which version is shown in the settings?",
    "Could you try it once more with mobile data only?",
    "Please send a screenshot of the whole screen.",
    "Does it happen to a second account as well?",
    "At what time was it, and in which time zone are you?",
];

/// Why something is done.
pub(super) const RESOLVED: [&str; 7] = [
    "Fixed in 0.299.1, which is out everywhere since this morning.",
    "A setting on our side was wrong; it is right now.",
    "The reward was sent again.",
    "Solved with the reporter in the chat.",
    "Comes with the next season.",
    "Cannot be reproduced any more after the server change.",
    "Explained how it is meant; the text in the app will say so.",
];

/// Why something is over.
pub(super) const CLOSED: [&str; 4] = [
    "Nothing more came.",
    "Done and confirmed.",
    "A double.",
    "Will not be done: it would change the game for everybody.",
];

/// Why something is not done after all.
pub(super) const REOPENED: [&str; 3] =
    ["It happens again since today.", "Only half of it is fixed.", "Back with the new build."];

/// Conversations: what was asked, and then by turns the person, the assistant or the agent, and so on.
pub(super) const CHATS: [(&str, &[(Speaker, &str)]); 4] = [
    (
        "My position jumps around on the map",
        &[
            (Speaker::Person, "My position jumps around on the map. How do I fix GPS drift?"),
            (Speaker::Assistant, "Please look at this article: switch on precise location for the game."),
            (Speaker::Person, "I did, it still jumps."),
            (Speaker::Agent, "Hello, does it also happen outdoors?"),
            (Speaker::Person, "Yes, in the park as well."),
            (
                Speaker::Agent,
                "Then it is the phone's compass. Please calibrate it: move the phone in the shape of an eight.",
            ),
            (Speaker::Person, "That worked, thank you!"),
        ],
    ),
    (
        "The bundle I paid for did not arrive",
        &[
            (Speaker::Person, "I paid for the summer bundle and nothing arrived."),
            (Speaker::Assistant, "Purchases can take up to an hour. Would you like to talk to a person?"),
            (Speaker::Person, "It has been two days."),
            (Speaker::Agent, "I see the payment. I am sending the bundle again now."),
            (Speaker::Person, "It is here. Thanks a lot."),
        ],
    ),
    (
        "My account was locked after a trip",
        &[
            (Speaker::Person, "I came back from a trip and my account is locked."),
            (Speaker::Agent, "Our guard saw two places within an hour. Were you on a plane?"),
            (Speaker::Person, "Yes, and the phone was in flight mode."),
            (Speaker::Agent, "That explains it. Your account is open again."),
        ],
    ),
    (
        "Friends cannot be added since the update",
        &[
            (Speaker::Person, "Since the update I cannot add friends, the code is always wrong."),
            (Speaker::Assistant, "Codes are valid for ten minutes. Please ask your friend for a new one."),
            (Speaker::Person, "We tried five times."),
            (Speaker::Agent, "There is a fault on our side with codes that begin with a zero. I have noted yours."),
        ],
    ),
];

/// Who says a line of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    Person,
    Assistant,
    Agent,
}

pub(super) const LANGUAGES: [Language; 7] = [
    Language {
        locale: "en-US",
        share: 46,
        names: &[
            "Ada", "Grace", "Linus", "Maya", "Noah", "Olivia", "Ethan", "Priya", "Sam", "Zoe", "Liam", "Hannah",
            "Omar", "Ruby", "Theo", "Imani",
        ],
        things: &[
            "The map",
            "The friend list",
            "The raid lobby",
            "Photo mode",
            "The shop",
            "The daily quest",
            "Sign-in",
            "The trade screen",
            "The avatar editor",
            "The event banner",
            "Push notifications",
            "The step counter",
            "The search field",
            "Voice chat",
        ],
        faults: &[
            "stays empty after the update",
            "freezes when I rotate the phone",
            "shows the wrong time zone",
            "closes the game without a word",
            "does not count any more",
            "is upside down on a tablet",
            "loads forever on mobile data",
            "shows somebody else's name",
            "overlaps the back button",
            "drains the battery within an hour",
            "forgets everything after a restart",
            "says that I am offline",
        ],
        wishes: &[
            "A dark theme for the map at night",
            "Let us sort friends by last visit",
            "Please add a search to the item bag",
            "More slots for saved routes",
            "A vibration when a raid begins",
            "Show how many people are in a lobby",
            "Let us mute one person in voice chat",
            "A calendar with all events of the month",
            "Colours that people with red-green blindness can tell apart",
            "Trade more than one item at a time",
        ],
        questions: &[
            "How do I get my old account back?",
            "I was charged twice for one bundle",
            "Where is the reward of last weekend?",
            "How can I change my name?",
            "Somebody in my lobby insults people",
            "The code from the letter does not work",
        ],
        circumstances: &[
            "It began with the last update.",
            "It happens every time, on two phones.",
            "Only in the evening, when many people play.",
            "I have reinstalled the game and restarted the phone.",
            "A friend standing next to me does not have it.",
            "There is no message, it just stops.",
            "With another network it is the same.",
            "Before the event it was fine.",
            "I lost an hour of progress by it.",
        ],
        reasons: &[
            "My whole group asks for it.",
            "Other games have had it for years.",
            "It would save us a lot of taps.",
            "In winter I play with gloves, so it matters.",
            "I would use it every day.",
            "Without it we write lists on paper.",
        ],
        steps: &[
            "1. Open the game\n2. Wait for the map\n3. Turn the phone",
            "1. Join a lobby\n2. Put the app in the background\n3. Come back",
            "Walk for ten minutes, then open the screen.",
            "Just start it.",
        ],
        replies: &[
            "It is version 0.298.2.",
            "I tried, it is the same.",
            "Screenshot is in the thread.",
            "With Wi-Fi it works.",
        ],
    },
    Language {
        locale: "de",
        share: 14,
        names: &["Jonas", "Lea", "Finn", "Mia", "Paul", "Emma", "Jürgen", "Sabine", "Ömer", "Klara"],
        things: &[
            "Die Karte",
            "Die Freundesliste",
            "Der Shop",
            "Der Fotomodus",
            "Die Tagesaufgabe",
            "Die Anmeldung",
            "Der Schrittzähler",
            "Die Suche",
        ],
        faults: &[
            "bleibt nach dem Update leer",
            "friert beim Drehen ein",
            "zeigt die falsche Zeitzone",
            "beendet das Spiel ohne Meldung",
            "zählt nicht mehr",
            "lädt mit mobilen Daten endlos",
            "verdeckt den Zurück-Knopf",
            "vergisst alles nach einem Neustart",
        ],
        wishes: &[
            "Ein dunkles Design für die Karte",
            "Freunde nach letztem Besuch sortieren",
            "Eine Suche in der Tasche",
            "Mehr Plätze für gespeicherte Routen",
            "Ein Kalender mit allen Veranstaltungen",
        ],
        questions: &[
            "Wie bekomme ich mein altes Konto zurück?",
            "Mir wurde ein Paket doppelt berechnet",
            "Wo ist die Belohnung vom Wochenende?",
            "Der Code aus dem Brief geht nicht",
        ],
        circumstances: &[
            "Seit dem letzten Update.",
            "Jedes Mal, auf zwei Geräten.",
            "Nur abends, wenn viele spielen.",
            "Neu installiert habe ich schon.",
            "Es kommt keine Meldung, es hört einfach auf.",
            "Vor der Veranstaltung ging es noch.",
        ],
        reasons: &[
            "Unsere ganze Gruppe wünscht sich das.",
            "Es würde viel Tipperei sparen.",
            "Andere Spiele haben das längst.",
        ],
        steps: &["1. Spiel öffnen\n2. Auf die Karte warten\n3. Gerät drehen", "Einfach starten."],
        replies: &["Es ist Version 0.298.2.", "Habe ich probiert, ist gleich.", "Mit WLAN geht es."],
    },
    Language {
        locale: "es-ES",
        share: 11,
        names: &["Lucía", "Mateo", "Sofía", "Diego", "Carmen", "Javier", "Íñigo", "Valeria"],
        things: &[
            "El mapa",
            "La lista de amigos",
            "La tienda",
            "El modo foto",
            "La misión diaria",
            "El inicio de sesión",
        ],
        faults: &[
            "se queda vacío tras la actualización",
            "se congela al girar el móvil",
            "muestra otra zona horaria",
            "cierra el juego sin avisar",
            "ya no cuenta nada",
            "tarda una eternidad con datos móviles",
        ],
        wishes: &[
            "Un tema oscuro para el mapa",
            "Ordenar a los amigos por última visita",
            "Un buscador en la mochila",
            "Un calendario con todos los eventos",
        ],
        questions: &[
            "¿Cómo recupero mi cuenta antigua?",
            "Me han cobrado dos veces un paquete",
            "¿Dónde está la recompensa del fin de semana?",
        ],
        circumstances: &[
            "Empezó con la última actualización.",
            "Pasa siempre, en dos móviles.",
            "Solo por la noche, cuando hay mucha gente.",
            "Ya he reinstalado el juego.",
            "No sale ningún mensaje.",
        ],
        reasons: &["Todo mi grupo lo pide.", "Ahorraría muchos toques.", "Otros juegos lo tienen desde hace años."],
        steps: &["1. Abrir el juego\n2. Esperar el mapa\n3. Girar el móvil", "Solo abrirlo."],
        replies: &["Es la versión 0.298.2.", "Lo he probado y sigue igual.", "Con wifi funciona."],
    },
    Language {
        locale: "fr",
        share: 10,
        names: &["Camille", "Hugo", "Chloé", "Léo", "Inès", "Rémi", "Zoé", "Mathéo"],
        things: &["La carte", "La liste d'amis", "La boutique", "Le mode photo", "La quête du jour", "La connexion"],
        faults: &[
            "reste vide après la mise à jour",
            "se fige quand je tourne le téléphone",
            "affiche un mauvais fuseau horaire",
            "ferme le jeu sans prévenir",
            "ne compte plus rien",
            "charge sans fin en données mobiles",
        ],
        wishes: &[
            "Un thème sombre pour la carte",
            "Trier les amis par dernière visite",
            "Une recherche dans le sac",
            "Un calendrier de tous les événements",
        ],
        questions: &[
            "Comment récupérer mon ancien compte ?",
            "On m'a débité deux fois le même lot",
            "Où est la récompense du week-end ?",
        ],
        circumstances: &[
            "Depuis la dernière mise à jour.",
            "À chaque fois, sur deux téléphones.",
            "Seulement le soir, quand il y a du monde.",
            "J'ai déjà réinstallé le jeu.",
            "Aucun message, ça s'arrête.",
        ],
        reasons: &[
            "Tout mon groupe le demande.",
            "Cela éviterait beaucoup de gestes.",
            "D'autres jeux l'ont depuis des années.",
        ],
        steps: &["1. Ouvrir le jeu\n2. Attendre la carte\n3. Tourner le téléphone", "Juste le lancer."],
        replies: &["C'est la version 0.298.2.", "J'ai essayé, pareil.", "En Wi-Fi ça marche."],
    },
    Language {
        locale: "pt-BR",
        share: 9,
        names: &["João", "Ana", "Beatriz", "Caio", "Letícia", "Thiago", "Luíza"],
        things: &["O mapa", "A lista de amigos", "A loja", "O modo foto", "A missão diária", "O login"],
        faults: &[
            "fica vazio depois da atualização",
            "trava quando giro o celular",
            "mostra o fuso horário errado",
            "fecha o jogo sem avisar",
            "não conta mais nada",
            "carrega para sempre no 4G",
        ],
        wishes: &[
            "Um tema escuro para o mapa",
            "Ordenar amigos pela última visita",
            "Uma busca na mochila",
            "Um calendário com todos os eventos",
        ],
        questions: &[
            "Como recupero minha conta antiga?",
            "Fui cobrado duas vezes pelo pacote",
            "Cadê a recompensa do fim de semana?",
        ],
        circumstances: &[
            "Começou com a última atualização.",
            "Acontece sempre, em dois celulares.",
            "Só à noite, quando muita gente joga.",
            "Já reinstalei o jogo.",
            "Não aparece mensagem nenhuma.",
        ],
        reasons: &["Meu grupo inteiro pede isso.", "Economizaria muitos toques.", "Outros jogos têm isso há anos."],
        steps: &["1. Abrir o jogo\n2. Esperar o mapa\n3. Girar o celular", "É só abrir."],
        replies: &["É a versão 0.298.2.", "Tentei, continua igual.", "No Wi-Fi funciona."],
    },
    Language {
        locale: "id",
        share: 6,
        names: &["Budi", "Siti", "Dewi", "Agus", "Rizky", "Putri"],
        things: &["Peta", "Daftar teman", "Toko", "Mode foto", "Misi harian"],
        faults: &[
            "kosong setelah pembaruan",
            "macet saat ponsel diputar",
            "menampilkan zona waktu yang salah",
            "menutup permainan tanpa pesan",
            "tidak menghitung lagi",
        ],
        wishes: &["Tema gelap untuk peta di malam hari", "Pencarian di dalam tas barang", "Kalender untuk semua acara"],
        questions: &["Bagaimana cara mengembalikan akun lama?", "Saya ditagih dua kali untuk satu paket"],
        circumstances: &[
            "Sejak pembaruan terakhir.",
            "Selalu terjadi, di dua ponsel.",
            "Saya sudah memasang ulang permainan.",
            "Tidak ada pesan sama sekali.",
        ],
        reasons: &["Seluruh grup saya meminta ini.", "Saya akan memakainya setiap hari."],
        steps: &["1. Buka permainan\n2. Tunggu peta\n3. Putar ponsel"],
        replies: &["Versinya 0.298.2.", "Sudah dicoba, sama saja."],
    },
    Language {
        locale: "ja",
        share: 4,
        names: &["さくら", "はると", "ゆい", "れん", "あおい"],
        things: &["マップ", "フレンドリスト", "ショップ", "フォトモード", "デイリークエスト"],
        faults: &[
            "がアップデート後に表示されません",
            "が画面を回転すると固まります",
            "の時刻がずれています",
            "を開くとゲームが落ちます",
        ],
        wishes: &[
            "夜のマップにダークテーマがほしいです",
            "持ち物の検索機能がほしいです",
            "イベントのカレンダーがほしいです",
        ],
        questions: &["以前のアカウントに戻す方法を教えてください", "同じパックの代金を二回請求されました"],
        circumstances: &[
            "前回のアップデートからです。",
            "二台の端末で毎回起きます。",
            "再インストールしても同じです。",
            "メッセージは出ません。",
        ],
        reasons: &["グループのみんなが望んでいます。", "毎日使うと思います。"],
        steps: &["1. ゲームを開く\n2. マップを待つ\n3. 端末を回す"],
        replies: &["バージョンは0.298.2です。", "試しましたが同じです。"],
    },
];
