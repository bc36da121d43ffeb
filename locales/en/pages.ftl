# The pages that a mail's links lead to. $watch is a person's own name for a watch.

page-skip = Skip to the content
page-what = Wardwatch tells people what happens on their block.
page-home-link = See the latest issues
page-front-link = To the front page

## When something is wrong

page-error-link-title = This link does not work
page-error-link-lead = It may be cut off, or what it led to has been deleted. Open the newest mail from us and use the link in it whole.
page-error-nothing-title = There is nothing here
page-error-nothing-lead = Check the address, or begin at the front page.
page-error-off-title = This was taken off the site
page-error-off-lead = It is not shown any more.
page-error-busy-title = Sorry, that was too much at once
page-error-busy-lead = Nothing was changed. Please try again in a few minutes.
page-error-form-title = That could not be done
page-error-form-lead = Nothing was changed. Go back, and try it again from the page.
page-error-ours-title = Sorry, something is wrong on our side
page-error-ours-lead = It has been noted. Please try again later.

## Confirming

page-confirm-title = Do you want to be told?
page-confirm-lead = Your watch “{ $watch }” starts when you press the button.
page-confirm-button = Yes, tell me
page-confirm-ignore = If it was not you who asked, close this page. Nothing will be sent.
page-confirmed-title = You are watching
page-confirmed-lead = “{ $watch }” is on.
page-confirmed-issue = Back to issue { $number }
page-confirmed-already = “{ $watch }” is on already. There is nothing more to do.

## Stopping

page-stop-title = Stop being told?
page-stop-lead = { $count ->
    [one] This watch will end, and its area will be forgotten:
   *[other] These { $count } watches will end, and their areas will be forgotten:
}
page-stop-button = Stop this watch
page-stop-all-button = Stop all of them
page-ended-title = Done. You will not be told any more.
page-ended-lead = { $count ->
    [one] One watch has ended.
   *[other] { $count } watches have ended.
}
page-one-ended-title = Done. You will not be told of that any more.
page-one-ended-before = It had ended already.
page-rest-title = You still watch
page-never-title = Never want to hear from us again?
page-never-hint = All your watches end, and nothing is ever sent to this address again, whoever types it in.
page-never-button = Never mail this address again
page-never-ask-title = Never mail this address again?
page-never-ask-lead = Somebody entered this address to be told about issues. If you press the button, nothing is sent to it again, whoever types it in.
page-never-ask-ignore = If you do nothing, no more comes either until somebody enters the address again.
page-silenced-title = This address is never mailed
page-silenced-lead = Nothing will be sent to it, whoever types it in. Its watches have ended.
page-allow-title = Changed your mind?
page-allow-hint = Then you can sign up again. Nothing starts by itself.
page-allow-button = Allow mails again
page-allowed-title = Mails are allowed again
page-allowed-lead = When somebody signs up with this address, we ask you first.
page-nothing-title = There is nothing left to stop
page-nothing-lead = Nothing is being watched for you.

## Changing

page-manage-title = What you watch
page-manage-link = See and change all that you watch
# $what is one of the next sentences, and $how one of those of page-rhythm.
page-what-and-how = { $what }. { $how }
# $what is a number of a ward or an issue.
page-target-area = An area
page-target-ward = Ward { $what }
page-target-home = The ward of your address, now { $what }
page-target-home-none = The ward of your address, which lies in none now
page-target-layer = { $what }
page-target-issue = Issue { $what }
page-target-issue-gone = An issue that was taken off the site
page-rhythm-at_once = You are told at once.
page-rhythm-hourly = You are told once an hour, when there is news.
page-rhythm-daily = You are told in a digest each day.
page-rhythm-weekly = You are told in a digest each week.
page-paused = Paused: nothing is sent.
page-unconfirmed = Waits for you to confirm it, by the link in our mail.
page-pause = Pause
page-resume = Resume
page-stop = Stop
page-did-pause = Paused. Nothing is sent until you resume it.
page-did-resume = Resumed. You are told again.
page-did-stop = Stopped and deleted.
page-did-change = Saved.
page-wrong-title = That could not be saved. Nothing was changed.
page-wrong-name = A name has 1 to 80 characters.
page-wrong-road = Choose mail, push or both. Or pause the watch.
page-wrong-kinds = Tick at least one thing that you want to hear of.
page-wrong-many = At most 50 lines of words and 100 categories can be asked for.
page-wrong-hour = Choose an hour for each. Or choose none for both.
page-wrong-day = Choose a day of the week.
page-wrong-quiet = Quiet hours begin and end at different hours. To hear nothing at all, choose a day until which nothing is sent.
page-wrong-pause = Choose a day to come, within a year.
page-wrong-language = Choose one of the languages.
page-wrong-long = A line of words has at most 100 characters.
page-habits-title = When we write to you
page-habits-paused = Nothing is sent until { $when }.
page-habits-language = Language
page-habits-hour = Daily and weekly digests come at
page-habits-day = Weekly digests come on
page-habits-quiet = Quiet hours
page-habits-quiet-hint = What happens meanwhile comes together when they end.
page-habits-from = From
page-habits-to = To
page-habits-none = None
page-habits-pause = Send me nothing until
page-habits-pause-hint = What waits for you now still comes. What happens meanwhile is not kept for you. Leave it empty to be told.
page-habits-save = Save when we write
page-change = Change
page-change-name = Name
page-change-rhythm = How soon
page-change-kinds = What you want to hear of
page-change-categories = Only these categories
page-change-categories-hint = Tick none to hear of all of them.
page-change-include = Only when one of these is in it
page-change-exclude = Never when one of these is in it
page-change-words-hint = One on each line: a word, or words that stand side by side. Leave it empty if it does not matter.
page-change-save = Save
page-kind-opened = New issues
page-kind-updated = Changes to an issue
page-kind-commented = Comments
page-kind-voted = Neighbors who have it too
page-kind-closed = Closed issues
page-kind-reopened = Issues opened again
page-kind-moved = Issues moved to another place
page-kind-merged = Issues joined with another
page-mute-title = Hear no more of this issue?
page-mute-lead = None of your watches will tell you of it, whatever happens. All else that you watch stays as it is.
page-mute-button = Mute this issue
page-unmute-title = You hear no more of this issue
page-unmute-lead = None of your watches tells you of it.
page-unmute-button = Tell me of it again
page-did-go-on = Done. We write to that address again.
page-did-test = The test is on its way. If the webhook takes it, this notice is gone when you look again.
page-stilled-title = We no longer write to { $address }
page-stilled-suspended = Several of our mails to this address came back, so we have stopped sending them. Is the mailbox in order again? Then press the button.
page-stilled-gone = Its mail server says that the address does not exist, or takes no mail any more. To hear from us again, sign up once more with an address that works.
page-stilled-never = Somebody at this address asked us never to write again, or reported a mail of ours as spam. The link at the end of each of our mails by which all of them end can undo that.
page-stilled-button = Send mails to this address again
page-stilled-webhook = Your webhook there took none of our messages for days, or told us to stop, so we have stopped sending them. Is it in order again? Send it a test: with the first one that it takes, messages go there again.
page-stilled-test = Send it a test
page-did-mute = Muted. You hear no more of that issue.
page-did-unmute = You hear of that issue again.
page-muted-title = Issues that you have muted
page-muted-change = Issue { $number }: hear of it again
page-mute-author-title = Hear no more from this person?
page-mute-author-said = What they said:
page-mute-author-lead = None of your watches will tell you what they say, whatever the issue. Their comments still stand on the pages of the issues.
page-mute-author-button = Mute this person
page-unmute-author-title = You hear no more from this person
page-unmute-author-lead = None of your watches tells you what they say.
page-unmute-author-button = Hear from this person again
page-did-mute-author = Muted. You hear no more of what that person says.
page-did-unmute-author = You hear again of what that person says.
page-muted-authors-title = People whose comments you have muted
page-stop-one-title = Stop “{ $watch }”?
page-stop-one-lead = It ends for good, and its area is forgotten. To rest it for a while, pause it.
page-stop-one-back = Keep it

## What to expect of a watch before it is made

page-expect-weekly = { $count ->
    [one] About one a week
   *[other] About { $count } a week
}
page-expect-few = { $count ->
    [one] One in the last four weeks
   *[other] { $count } in the last four weeks
}
page-expect-none = Nothing in the last four weeks
page-expect-unknown = It is too early to say: there is less than a week of news to go by

## Whoever reported something says whether it is fixed

page-fixed-title = Is it fixed?
page-fixed-lead = You reported this, and it was closed. If it is still there, it is opened again.
page-fixed-yes = Yes, it is fixed
page-fixed-no = No, open it again
page-fixed-words = Still there? Say what you see, if you like. This is published with the issue.
page-fixed-thanks-title = Thank you
page-fixed-thanks-lead = It is good to know that it is done.
page-fixed-again-title = It is open again
page-fixed-again-lead = Everybody who follows it is told, and so are you when something happens.
page-fixed-open-title = It is open
page-fixed-open-lead = This is not closed at present, so there is nothing to say about it yet.

## All that is stored about a person

page-mine-title = What we hold about you
page-mine-download = Download everything we hold about you
page-mine-delete = Delete everything about you
page-leave-title = Delete everything about you?
page-leave-lead = You hear from us no more. Your addresses, your choices and what we sent you are deleted for good, and the links in our mails stop working.
page-leave-watches = { $count ->
    [one] This watch ends, and its area is forgotten:
   *[other] These { $count } watches end, and their areas are forgotten:
}
page-leave-stays = Issues that you reported stay on the site. Nothing says any more that they came from you.
page-leave-silenced = One of your addresses asked never to be mailed. We keep it, and nothing else, so that it stays so.
page-leave-button = Delete everything
page-leave-back = Keep everything
page-left-title = Everything about you is deleted
page-left-lead = We send you nothing more. To be told again one day, sign up as you did at first.

## Issues

page-home-title = Latest issues
page-home-empty = Nothing has been reported yet.
page-timeline = What happened
page-where = Where
page-where-unknown = Its place is not known, so nobody who watches a place is told of it.
page-ward = Ward
page-reported = Reported
page-official = Official
page-votes = { $count ->
    [one] One neighbor has it too
   *[other] { $count } neighbors have it too
}
page-map = Map of { $place }
page-wards = Ward { $wards }

## Caught mail, for developers

page-mailbox-title = Caught mail
page-mailbox-lead = These mails were written to a folder and not sent. Newest first, at most 200.
page-mailbox-empty = None yet.
page-mailbox-to = to { $address }

## The site

page-nav = Main
page-nav-watch = Watch
page-nav-report = Report
page-nav-issues = Issues
page-nav-wards = Wards
page-hello-title = What is happening on your block?
page-hello-lead = Look up a place. Or be told when something is reported there, and when it is fixed.
page-hello-watch = Watch your block
page-hello-ward = Find your ward
page-offline-title = You are offline
page-offline-lead = This page comes from your device. Try again once you are connected.
page-offline-button = Try again
page-around-me = Around me
page-email-hint = We ask you by mail before anything else is sent. You can stop at any time.
page-wrong-mark = Error:
page-wrong-summary = There is a problem
page-wrong-email-none = Enter your email address.
page-wrong-email = Enter an email address in the right form, like name@example.org.
page-wrong-code-none = Enter the six digits from our mail.
page-wrong-code = That is not the code from our newest mail. Check the six digits, or open the link in the mail.
page-wrong-code-used-up = That was wrong too often. Open the link in our mail instead.
page-wrong-push = This device could not be reached. Try again, or enter your email address.
page-wrong-no-area = Choose a place: enter an address, press “Around me” or draw on the map. Or choose a ward.
page-wrong-no-ward = Choose a ward from the list.
page-wrong-no-place = Choose a place first.
page-wrong-area = That area cannot be watched. Draw it anew, or choose a ward.
page-wrong-outside = That place is not in this city. Choose another.
page-code-title = Check your mail
page-code-lead = We have sent you a mail with a link and six digits. Open the link, or type the digits here.
page-code-field = The six digits
page-code-button = Confirm
page-code-none = No mail after a few minutes? Look among the spam.
page-code-again = Try again with another address
page-wards-title = Wards
page-wards-lead = Choose your ward to see what was reported there, and to be told.
page-wards-none = This city has not loaded its wards yet.
page-wards-mine = Find my ward
page-wards-map = Map of the wards
page-wards-nowhere = No ward of this city holds that place. Choose one from the list.
page-ward-ask = Get news of this ward, once a day
page-ward-button = Subscribe
page-ward-more = Only some of it, or at another time
# $ward is a name of a ward, like “Ward 12”.
page-ward-map = Map of { $ward }
page-ward-empty = Nothing has been reported here yet.
page-watch-title = What do you want to watch?
page-watch-where = Where
page-watch-area = A few blocks
page-watch-ward = A ward
page-watch-ward-here = Whichever ward a place is in
page-watch-which = Which ward
page-watch-choose = Choose one
page-watch-radius = How far around it
# $size is a distance, like “300 m”.
page-watch-around = { $size } around
page-watch-find = Show it on the map
page-watch-map = Map of the area
page-watch-no-script = To draw an area of your own you need JavaScript.
page-watch-what = What you want to hear of
page-watch-email = Your email address
page-watch-device = Tell me on this device
page-watch-ios = On an iPhone or iPad, first add this site to your home screen: tap Share, then “Add to Home Screen”. Open it from there and come back to this page.
page-watch-button = Watch
# Names of watches, until their owners choose others.
page-watch-my-area = My area
page-watch-my-ward = My ward
page-nav-mine = Mine
page-sign-in-title = Sign in
page-sign-in-lead = There is no password. We send you a link.
page-sign-in-button = Send me the link
page-sign-in-sent = If we know the address, a mail with a link is on its way. Nothing there? Then nothing is being watched with that address yet.
page-sign-in-again = Try another address
page-sign-in-here = Press the button, and this browser stays signed in for three months.
page-sign-in-used-title = This link was used already
page-sign-in-used-lead = Each link signs in once, so that nobody who finds it later gets in. Write your address, and we send you another.
page-sign-out = Sign out
page-part-title = Take part
page-part-follow = Follow this issue
page-part-follows = You follow this issue.
page-part-vote = It bothers me too
page-part-voted = It bothers you, too.
page-part-comment = Add a comment
page-part-comment-hint = It is shown here for everybody, without your name.
page-part-say = Comment
page-part-hint = We tell you what becomes of it. Once you have confirmed, you can comment, too, and say that it bothers you as well.
page-part-sign-in = You have signed up before? Sign in
page-did-follow = You follow this issue. We tell you what becomes of it.
page-did-vote = Thank you. It is counted that it bothers you, too.
page-did-comment = Thank you. Your comment is shown.
page-did-comment-waits = Thank you. The city reads your comment first; then it is shown.
page-wrong-words-none = Write what you want to say.
page-wrong-words-long = A comment has at most 2,000 characters. Shorten it.
page-wrong-words-many = You have said a lot within an hour. Try again later.
