# What people read in mails and on their lock screens.
#
# $category, $place, $watch, $ward and $city are the city's or a person's own words.
# $actor is resident, official, office (of a ward) or system. $place is an address, or the issue's number.

## The subject of a mail and the title of a push: what happened, then where

subject-opened = { $category } reported – { $place }
subject-updated = { $category } updated – { $place }
subject-commented = { $actor ->
    [official] The city replied: { $category } – { $place }
    [office] The ward’s office replied: { $category } – { $place }
   *[other] New comment: { $category } – { $place }
}
subject-voted = { $category }: a neighbor has it too – { $place }
subject-closed = { $category } closed – { $place }
subject-reopened = { $category } reopened – { $place }
subject-moved = { $category } moved to { $place }
subject-merged = { $category } merged with another report – { $place }
subject-hidden = { $category } taken off the site – { $place }
subject-digest = { $rhythm ->
    [weekly] Your week in { $city }: { $counts }
    [daily] Your day in { $city }: { $counts }
   *[other] News from { $city }: { $counts }
}
subject-confirm = Please confirm that you want news from { $city }
subject-fixed = Is it fixed? { $category } – { $place }
subject-stopped = Your webhook at { $host } gets no more messages
subject-sign-in = Your link to sign in to { $city }
subject-address = Is this address yours? { $city } asks
subject-confirm-report = Your report { $number } to { $city }

place-number = No. { $number }
place-ward = Ward { $ward }, No. { $number }

## What happened, as a word on a label

kind-opened = New
kind-updated = Updated
kind-commented = Comment
kind-voted = Me too
kind-closed = Closed
kind-reopened = Reopened
kind-moved = Moved
kind-merged = Merged
kind-hidden = Off the site

## What happened, as a heading over several issues

group-opened = New issues
group-updated = Updated
group-commented = New comments
group-voted = Neighbors have it too
group-closed = Closed
group-reopened = Reopened
group-moved = Moved
group-merged = Merged with other reports
group-hidden = Taken off the site

## How many of each, in a digest's subject

count-opened = { $count } new
count-updated = { $count } updated
count-commented = { $count } with comments
count-voted = { $count } with votes
count-closed = { $count } closed
count-reopened = { $count } reopened
count-moved = { $count } moved
count-merged = { $count } merged
count-hidden = { $count } taken off

## What happened, as a line with a date

did-opened = { $actor ->
    [official] Reported by the city
   *[other] Reported
}
did-updated = { $actor ->
    [official] Updated by the city
    [office] Updated by the ward’s office
   *[other] Updated
}
did-commented = { $actor ->
    [official] Reply from the city
    [office] Reply from the ward’s office
   *[other] Comment from a neighbor
}
did-voted = A neighbor has it too
did-closed = { $actor ->
    [official] Closed by the city
   *[other] Closed
}
did-reopened = { $actor ->
    [official] Reopened by the city
   *[other] Reopened
}
did-moved = Moved to another place on the map
did-merged = Merged with another report of the same thing
did-hidden = Taken off the site

## Where an issue is in its life

status-received = Received
status-acknowledged = Acknowledged
status-in-progress = In progress
status-on-hold = On hold
status-closed = Closed

## Dates

weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday
month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
# $half is am or pm; $hour12 counts 12, 1 … 11; $hour24 is 00 … 23.
clock = { $hour12 }:{ $minute } { $half }
# A date of this year, and of another one.
when = { $weekday }, { $month } { $day } at { $clock }
when-year = { $weekday }, { $month } { $day }, { $year } at { $clock }

## An issue in a mail

issue-line = No. { $number } · { $status }
issue-link = See what becomes of it
link-left-out = [link left out]

## Where an issue lies, seen from the middle of an area that the reader watches

# $distance and $direction are those below. These stand within a sentence, too: begin them small.
away = { $distance } { $direction } of the middle of “{ $watch }”
away-middle = in the middle of “{ $watch }”
# What the map in a mail shows, for whoever does not see it. $away is one of the two above.
map-alt = Map: { $place }
map-alt-away = Map: { $place }, { $away }
direction-north = north
direction-northeast = northeast
direction-east = east
direction-southeast = southeast
direction-south = south
direction-southwest = southwest
direction-west = west
direction-northwest = northwest
distance-m = { $count } m
distance-km = { $count } km
distance-km-tenths = { $whole }.{ $tenth } km
distance-ft = { $count ->
    [one] { $count } foot
   *[other] { $count } feet
}
distance-mi = { $count ->
    [one] { $count } mile
   *[other] { $count } miles
}
distance-mi-tenths = { $whole }.{ $tenth } miles

## A digest

digest-title = { $rhythm ->
    [weekly] Your week in { $city }
    [daily] Your day in { $city }
   *[other] News from { $city }
}
digest-lead = { $count ->
    [one] There is news of one issue that you watch.
   *[other] There is news of { $count } issues that you watch.
}
digest-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
digest-watches = For: { $watches }

## The question to a reporter whether what was closed is fixed

fixed-title = Is it fixed?
fixed-lead = You reported this, and it was closed on { $when }. If it is still there, say so, and it is opened again.
fixed-heading = What you reported
fixed-yes = Yes, it is fixed
fixed-no = No, it is still there

## To the owner of a webhook that takes nothing

stopped-title = Your webhook has stopped
stopped-preheader = It has taken nothing for days.
stopped-lead = { $host } has taken none of our messages since { $when }, so we stopped sending them there. The last attempt: “{ $reason }”. What you watch stays, and whatever reaches you by mail or in the browser goes on. Once the webhook is mended, send it a test from your page; with the first one that it takes, messages go there again.
stopped-page = Open your page

## To somebody who wants to sign in

sign-in-title = Sign in
sign-in-preheader = The link is good for { $minutes } minutes.
sign-in-lead = Somebody, we hope you, wants to sign in with this address. The link is good once, and for { $minutes } minutes. If it was not you, do nothing: without the link nobody gets in.
sign-in-link = Sign in

# To an address that somebody says is theirs, too; and a test to a device.
address-title = Is this address yours, too?
address-preheader = One press, and messages come to this address, too.
address-lead = Somebody, we hope you, wants what they are told to come to this address as well. If it was not you, do nothing: nothing else is sent here.
address-link = Yes, it is mine
push-test-title = This device is reached
push-test-body = This is only a test. News of what you watch comes here like this.

## The question whether anybody answers at a webhook

ping-title = A test from { $city }
ping-text = If you can read this, messages about what you watch will come here.

## Why it came, and the ways out

why-title = Why you got this
because-watch = You watch “{ $watch }”.
because-area-ended = The public area whose outline you took over is public no more. You keep its last outline.
because-line = You watch “{ $watch }”. This is on the ward line of { $ward }.
stop-watch = Stop mails for this watch
manage = Change what you watch
mute-issue = Hear no more of this issue
mute-author = Hear no more from this neighbor
stop-all = Stop all mails
footer = { $city } sends this because you asked to be told.
footer-confirm = { $city } sent this because somebody entered your address.
footer-sign-in = { $city } sent this because somebody asked to sign in with your address.

## A confirmation

confirm-title = Please confirm your address
confirm-lead-area = You asked { $city } to tell you about issues in the area you chose. If that was you, confirm that this address is yours.
confirm-lead-wards = { $count ->
    [one] You asked { $city } to tell you about issues in ward { $wards }. If that was you, confirm that this address is yours.
   *[other] You asked { $city } to tell you about issues in the wards { $wards }. If that was you, confirm that this address is yours.
}
confirm-lead-issue = You asked { $city } to tell you what happens to issue { $number }. If that was you, confirm that this address is yours.
confirm-lead-report = Thank you for your report. It has number { $number }. Confirm that this address is yours, and { $city } tells you what becomes of it.
confirm-button = Yes, tell me
confirm-code = Or type this code where you signed up:
confirm-ignore = If it was not you, ignore this mail, and you will get no more.
confirm-preheader = Tap to confirm, or type { $code }.
confirm-never = Never mail this address again

## Buttons on a push message

action-follow = Follow
action-mute = Mute
