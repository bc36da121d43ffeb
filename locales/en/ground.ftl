# The front page, the pages that say the same to everybody, and the foot of all pages.

## The front page

page-find-label = Address, ward, or issue number
page-find-button = Find
page-ways = What you can do
page-way-watch = A few blocks around you, or an area that you draw. We write when something is reported there, and when it is fixed.
page-way-ward = What was reported in it, and all of it by mail, once a day.
page-way-report-title = Report something
page-way-report = A pothole, a dark street light, a missed pickup. It takes a minute.
# The gaps are filled by the next two.
page-week = The last seven days: { $reported }, { $closed }
page-week-reported = { $count ->
    [one] one reported
   *[other] { $count } reported
}
page-week-closed = { $count ->
    [one] one closed
   *[other] { $count } closed
}
page-home-all = All issues

## The foot of every page

page-foot = About this site
page-foot-access = Accessibility
page-foot-privacy = Privacy
page-foot-data = Open data
page-foot-language = Language

## How to reach whoever runs the site

page-contact-title = Write to us
page-contact = You reach us here:
page-contact-none = Whoever runs this site has not said here how to reach them. The city’s own website tells how to reach the city.

## Accessibility

page-access-title = Accessibility statement
page-access-lead = This site is for everybody in { $city }. It aims at the Web Content Accessibility Guidelines (WCAG) 2.2, level AA.
page-access-state-title = How far it conforms
page-access-state = It conforms in part: what does not yet meet the guidelines stands below.
page-access-limits-title = What is known not to conform
page-access-limit-map = A map that moves tells a screen reader little of what it shows. What is on it also stands beside it as a list, and what it is used for can be done with the fields beside it.
page-access-limit-words = What residents write is shown as they wrote it. It may be in another language than the page, and is not marked as such.
page-access-limit-hand = Drawing an area by hand needs a mouse or a finger. Corners and circles are drawn with the keyboard too, and a ward is chosen from a list.
page-access-limit-colours = Maps keep their colors when your system sets others, because their parts could not be told apart otherwise.
page-access-made-title = What it is made with
page-access-made = HTML, CSS, SVG and WAI-ARIA. JavaScript adds maps and notices on your device; reading, watching and unsubscribing work without it.
page-access-checked-title = How it was checked
page-access-checked = By those who make Wardwatch, not by anybody outside: each page with axe-core, light and dark, on a phone and on a desktop, at 320 pixels, and the ways through the site with the keyboard alone. This statement comes with version { $version }.
page-access-tell = Is something in your way? Say on which page, and what you use to read it.
page-access-further = If our answer does not help, the law where you live names who hears complaints about accessibility.

## Privacy

page-privacy-title = Privacy
page-privacy-lead = What this site keeps of you, for how long, who sees it, and how you get rid of it.
page-privacy-what-title = What is kept
page-privacy-watcher = When you watch something: your mail address or your browser’s address for notices, what you watch, what you want to hear of it and when, your language, and what we sent you.
page-privacy-area = Where you watch is yours alone, unless you make an area public under a name. Otherwise it is in no list, no feed and no log, and on nobody else’s page.
page-privacy-public = Of an area that you make public, everybody sees the outline and its name. Whose it is, nobody is told.
page-privacy-reporter = When you report something or comment on it: what you wrote and where it is, which everybody can read. Your address is not shown. It is kept so that we can tell you what became of it.
page-privacy-pictures = Of photos and videos, what the picture shows. All that a camera hides in the file, as the place and the time, is removed before it is kept. Everybody can see them.
page-privacy-answers = Answers that a report asks for in private: only the city’s staff read them.
page-privacy-devices = Your devices that show news, by browser and system, as “Firefox on Android”, so that you can tell them apart. Nobody else sees that.
page-privacy-feed = Each watch has a private feed, at an address that nobody can guess. Whoever you give it to can read what that watch is told. It ends with the watch.
page-privacy-traffic = Who looks at which page is not written down. How often somebody asks is counted for a while, against abuse. Whoever runs the servers in front of this site may keep records of their own.
page-privacy-long-title = For how long
page-privacy-unanswered = { $count ->
    [one] An address that does not confirm is forgotten after one day.
   *[other] An address that does not confirm is forgotten after { $count } days.
}
page-privacy-keep = { $count ->
    [one] What we sent you, watches that you deleted, and people who watch nothing any more are forgotten after one day.
   *[other] What we sent you, watches that you deleted, and people who watch nothing any more are forgotten after { $count } days.
}
page-privacy-keep-all = What we sent you stays until you delete everything about you.
page-privacy-issues = Issues and comments stay. Once you have deleted everything about you, nothing says any more that they came from you.
page-privacy-never = An address that asked never to be mailed is kept, and nothing else with it, so that it stays so.
page-privacy-who-title = Who sees it
page-privacy-who = Those who run this site for { $city }. To reach you, a mail passes through mail servers, and a notice on your device through the service of your browser’s maker, which cannot read it.
page-privacy-third = There is no advertising, and nobody measures visitors.
page-privacy-addresses-ours = Addresses that you type are looked up on this site. Nobody else learns them.
# $host is the service that is asked for addresses.
page-privacy-addresses-theirs = An address that you type and that this site does not know itself is sent to { $host } to be found, by this server and without your internet address.
page-privacy-maps-none = Maps are drawn from this site’s own data. Nobody else learns what you look at.
page-privacy-maps-ours = Maps come from this site’s own server. Nobody else learns what you look at.
page-privacy-maps-theirs = Maps that you can move load their background from { $host }. That service learns your internet address and which part of the map you look at. Pages without such a map load nothing from there.
page-privacy-cookies-title = Cookies
page-privacy-cookie-session = “wardwatch” is set when you confirm or sign in. It tells this site, and no other, who you are, for 90 days.
page-privacy-cookie-lang = “lang” is set when you choose a language at the foot of a page. It stays for a year.
page-privacy-cookie-rest = There is no other.
page-privacy-mine-title = See it, take it, delete it
page-privacy-mine = On the page of what you watch, you change it, download everything that we hold about you, or delete all of it at once.

## Open data

page-data-title = Open data
page-data-lead = What the pages show, anybody may take: without a key, and without signing up.
page-data-ways = The ways to it
page-data-geojson = Issues on a map
page-data-csv = Issues for a spreadsheet
page-data-json = Issues for a program
page-data-boundaries = The boundaries of the wards, and of what else is loaded
page-data-stream = What happens, as it happens (server-sent events)
page-data-filters-title = Only some of it
page-data-filters = The three lists of issues take the same filters, also together. An answer does not hold all of them: its Link header leads to the rest.
page-data-filter-ward = One ward
page-data-filter-status = What is open
page-data-filter-updated = What has changed since a time
page-data-filter-bbox = What lies in a box: west, south, east, north
page-data-not = Who reported something, who watches, and where they watch is not in it.
page-data-license-title = License
page-data-license = The data stand under this license:
page-data-license-none = The city has not said here under which license its data stand. Ask before you publish them.
