# What belongs to one person: what they were told, how they are reached, their areas.

page-device = { $browser } on { $system }
page-device-unknown = A browser that does not say its name
page-confirm-device = The browser in which this was asked for is told as well: { $device }. Press the button only if it is yours.

## What somebody was told

page-inbox-title = What you were told
page-inbox-all-seen = You have seen all of it.
page-inbox-unread-count = { $count ->
    [one] One is new.
   *[other] { $count } are new.
}
page-inbox-seen = Mark all as seen
page-inbox-did-seen = Marked as seen.
page-inbox-new = Unread
page-inbox-waits = Waits for your next digest
page-inbox-due = It comes on { $when }.
page-inbox-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
page-inbox-empty = You have been told nothing yet. What you are told by mail or on a device stands here, too.
page-inbox-older = Older
page-inbox-mute = Mute
page-inbox-day = { $weekday }, { $month } { $day }
page-inbox-day-year = { $weekday }, { $month } { $day }, { $year }
page-inbox-because = Because you watch { $watches }.
page-inbox-area = your area “{ $watch }”
page-inbox-watch = “{ $watch }”
page-inbox-digest = In a digest
page-inbox-by = { $by ->
    [mail] by mail
    [push] on a device
   *[webhook] by webhook
}
page-inbox-not-by = { $by ->
    [mail] not yet by mail
    [push] not yet on a device
   *[webhook] not yet by webhook
}

## The account of whoever has signed in

page-account-title = Your account
page-account-mails = Email addresses
page-account-devices = Devices
page-account-no-devices = No device shows you news yet.
page-account-webhooks = Webhooks
page-account-since = Since { $when }
page-account-waits = Waits for the answer to our mail
page-account-stopped = We no longer write there, as our mails came back. On the page of what you watch you can have us write again.
page-account-gone = Nobody is reached there any more
page-account-never = Never to be mailed, as was asked from there
page-account-fails = Takes nothing at present
page-account-ask = Send the question again
page-account-forget = Remove
page-account-test = Send a test
page-account-add-mail = Another email address
page-account-add-hint = We ask there first. An address that already gets news on its own is not asked: sign in with it and delete it there first.
page-account-add = Add
page-account-add-device = Add this device
page-account-did-ask = If the address can be asked, a mail is on its way. Open the link in it.
page-account-did-forget = Removed.
page-account-did-add = This device is added.
page-account-did-test = The test is on its way to the device.
page-account-out-here = Sign out here
page-account-out-everywhere = Sign out everywhere
page-account-out-hint = Every browser in which you have signed in has to sign in anew. The links in our mails still open what they lead to.
page-wrong-last-way = Nothing else reaches you or signs you in. Add another address first, or delete everything about you.
page-wrong-contacts-many = You have many addresses and devices already. Remove one first.
page-wrong-others-device = This device shows somebody else’s news. Stop those first.
page-contact-ask-title = Is this address yours, too?
page-contact-lead = Somebody who has signed in says that { $address } is theirs, and wants to be told there as well.
page-contact-button = Yes, it is mine
page-contact-done-title = The address is added
page-contact-done = From now on news comes to { $address } as well.

## The area of a watch, and areas that everybody may see

page-area-change = Change the area
page-area-title = The area of “{ $watch }”
page-area-did-change = The area is changed.
page-area-did-nothing = The area is as it was: you changed nothing about it.
page-area-own = It has the outline of “{ $name }” now. If you draw another, it no longer follows that one.
page-area-seen = Everybody sees it as “{ $name }”. Whoever follows it gets the new outline.
page-area-follows = It has the outline of the public area “{ $name }”. When that changes, this one does, too.
page-area-ended = The public area that it followed is public no more. It keeps the last outline.
page-area-public = Everybody can see and follow this area as “{ $name }”.
page-area-held = “{ $name }” is shown once somebody of the city has read the name.
page-area-dismissed = The city does not show the name “{ $name }”. Choose another, or leave the area private.
page-public-title = Let others see and follow this area
page-public-change = Change its public name, or make it private
page-public-lead = Your watch “{ $watch }” stays yours. Its area gets a page of its own.
page-public-what = What becomes public
page-public-seen = Everybody sees the outline of the area and the name that you give it here. Whoever reports something in it may read that it is watched under that name.
page-public-not-seen = Nobody sees who you are, what you call it yourself, which news you want, or who follows it.
page-public-middle = This area was drawn around one place. Whoever sees it finds the middle. If that is your home, draw another area first.
page-public-followers = You can make it private again at any time. Whoever follows it by then keeps the last outline.
page-public-name = Public name
page-public-hint = Such as “Friends of Palmer Square”. At most 60 characters, no links.
page-public-button = Make it public
page-public-end = Make it private
page-public-page = See its page
page-public-did-show = Everybody can see the area now.
page-public-did-wait = The city reads the name first; then everybody can see the area.
page-public-did-end = The area is private again.
page-wrong-public-none = Enter a name of at least two letters.
page-wrong-public-long = A name has at most 60 characters. Shorten it.
page-wrong-public-link = Leave out links and addresses.
page-wrong-public-signs = Leave out signs that nobody sees or that turn the direction of reading.
page-wrong-public-many = You have five public areas already. Make one private first.
page-areas-title = Areas to follow
page-areas-lead = Neighbors let everybody see and follow these areas.
page-areas-none = Nobody has made an area public yet.
page-areas-hint = You get a watch of your own, with a digest each day. When the area is drawn anew, yours changes as well; when it is no longer public, you keep the last outline.
page-areas-ask = Get news of this area
page-areas-follow = Follow this area
page-areas-follows = You follow this area.
page-areas-did-follow = You follow this area now.
