# Those who work on issues: what they do on an issue's page, their desk, and how their words are shown.
# $office is a ward's office or the city, $watch a person's own name for a watch.

## Who speaks

page-office-ward = Ward { $ward } office
page-office-layer = Office of { $layer } { $ward }

## On the page of an issue, for the city

page-city-title = For the city
page-city-as = Everybody who follows this issue is told what you do here, and it is shown as done by: { $office }.
page-city-words = Your words
page-city-words-hint = A reply needs some. With the other buttons you may leave this empty.
page-city-reply = Reply
page-city-acknowledge = Acknowledge
page-city-begin = Set in progress
page-city-hold = Put on hold
page-city-close = Close
page-city-reopen = Open again
page-city-wrong-none = Write your reply first.
page-city-changed = This issue has changed since you opened the page, so nothing was done. See what is new, then press again.
# $what is a status, or what happened.
page-city-changed-step = { $what }, { $when }
page-city-changed-step-by = { $what }: { $who }, { $when }
page-city-comments-lead = Nobody else sees these comments until one of you shows them.
page-city-show = Show this comment
page-city-dismiss = Do not show it
page-city-did = Done. Everybody who follows this issue is told.
page-city-did-show = The comment is shown now.
page-city-did-dismiss = The comment will not be shown.
page-city-gone = Somebody has decided about that comment already.
page-city-answers = What the reporter answered to the city alone
page-city-pictures = Photos and videos
page-city-picture-hold = Do not show it
page-city-picture-remove = Remove it for good
page-city-did-picture = Done. The picture is not shown any more.

## The desk

page-desk-title = Your desk
page-desk-as = You work for: { $office }.
page-desk-new = New
page-desk-waiting = Open the longest
# $when is when it was reported.
page-desk-since = open since { $when }
page-desk-comments = Comments that wait to be read
page-desk-none = Nothing here.
# $list is the name of one of the lists.
page-desk-all = All of: { $list }
page-desk-next = Next page
page-desk-back = Page before
page-desk-whole = The whole desk
page-desk-names = Names of areas that wait to be read
page-desk-names-lead = Residents want to let everybody see and follow areas under these names. Nobody else sees them until one of you shows them.
page-desk-name-show = Show this name
page-desk-name-dismiss = Do not show it
page-desk-did-show = The name is shown now.
page-desk-did-dismiss = The name will not be shown.
page-desk-gone = Somebody has decided about that name already, or it was changed.

## What comes next

page-next-title = What comes next
page-next-received = The city has not answered yet. When it does, its answer stands here.
page-next-acknowledged = The city knows of it. When work begins, that stands here.
page-next-in-progress = Work is under way. When it is done, the city closes the issue here.
page-next-on-hold = It waits. When it goes on, that stands here.
page-next-ask = We ask you whether it is fixed: { $when }.

## Whoever reported it opens it again

page-again-title = Is it not fixed?
page-again-lead = You reported this, and it was closed. If it is still there, open it again.
page-again-words = What do you see? You may leave this empty.
page-again-button = It is not fixed
page-did-again = It is open again. Everybody who follows it is told.

## Passing it on

page-share-title = Share and look around
page-share-link = Link to this issue
page-share-button = Share
page-related-category = More of: { $category }

## Why somebody was told

page-told-mail = We told you of this by mail, { $when }, because you watch “{ $watch }”.
page-told-push = We told you of this on your device, { $when }, because you watch “{ $watch }”.
page-told-webhook = We told your program of this, { $when }, because you watch “{ $watch }”.
page-told-digest = We told you of this in a digest, { $when }, because you watch “{ $watch }”.
page-told-due = We tell you of this, { $when }, because you watch “{ $watch }”.
page-told-muted = We do not tell you of this issue, because you have muted it.
page-told-paused = We did not tell you of this issue, because you wanted to hear nothing then.
page-told-not-yet = This has only just come in. If it is something that you watch, we tell you.
page-told-from-now = You began to watch this after it happened. We tell you of what comes next.
page-told-none = We did not tell you of this issue: it is not what your watches ask for.

## A ward's office on the ward's page

page-ward-office = The ward’s office
page-ward-said = Latest official words
page-ward-follow-replies = Only what officials reply
# The name of a watch.
page-ward-replies = { $ward }, official replies
