# Those who work on issues: what they do on an issue's page, their desk, and how their words are shown.
# $office is a ward's office or the city, $watch a person's own name for a watch.

## Who speaks

page-office-ward = 选区 { $ward } 办公室
page-office-layer = { $layer } { $ward } 办公室

## On the page of an issue, for the city

page-city-title = 市政人员专用
page-city-as = 您在此所做的操作会通知所有关注此问题的人，并显示为由以下单位完成：{ $office }。
page-city-words = 您要说的话
page-city-words-hint = 回复时必须填写。使用其他按钮时可以留空。
page-city-reply = 回复
page-city-acknowledge = 受理
page-city-begin = 开始处理
page-city-hold = 暂缓处理
page-city-close = 关闭
page-city-reopen = 重新打开
page-city-wrong-none = 请先写下您的回复。
page-city-changed = 您打开页面之后，此问题已有变化，因此没有执行任何操作。请查看新情况，然后再按一次。
# $what is a status, or what happened.
page-city-changed-step = { $what }，{ $when }
page-city-changed-step-by = { $what }：{ $who }，{ $when }
page-city-comments-lead = 在你们中有人将其显示之前，其他人看不到这些评论。
page-city-show = 显示此评论
page-city-dismiss = 不显示
page-city-did = 已完成。所有关注此问题的人都会收到通知。
page-city-did-show = 评论现已显示。
page-city-did-dismiss = 评论不会显示。
page-city-gone = 已有人对该评论做出决定。
page-city-answers = 报告人只对市政府的回答
page-city-pictures = 照片和视频
page-city-picture-hold = 不显示
page-city-picture-remove = 永久删除
page-city-did-picture = 完成。该图片不再显示。

## The desk

page-desk-title = 您的工作台
page-desk-as = 您所在的单位：{ $office }。
page-desk-new = 新问题
page-desk-waiting = 未解决时间最长
# $when is when it was reported.
page-desk-since = { $when } 起未解决
page-desk-comments = 等待阅读的评论
page-desk-none = 这里没有内容。
# $list is the name of one of the lists.
page-desk-all = 全部：{ $list }
page-desk-next = 下一页
page-desk-back = 上一页
page-desk-whole = 整个工作台
page-desk-names = 等待阅读的区域名称
page-desk-names-lead = 居民希望让所有人以这些名称查看并关注其区域。在你们中有人将其显示之前，其他人都看不到。
page-desk-name-show = 显示此名称
page-desk-name-dismiss = 不显示此名称
page-desk-did-show = 名称现已显示。
page-desk-did-dismiss = 名称不会显示。
page-desk-gone = 已有人对该名称做出决定，或名称已被更改。

## What comes next

page-next-title = 接下来
page-next-received = 市政部门尚未答复。答复后会显示在这里。
page-next-acknowledged = 市政部门已知悉。开始处理后会显示在这里。
page-next-in-progress = 正在处理。完成后，市政部门会在这里关闭此问题。
page-next-on-hold = 目前暂缓。继续处理时会显示在这里。
page-next-ask = 我们会询问您是否已修好：{ $when }。

## Whoever reported it opens it again

page-again-title = 还没有修好？
page-again-lead = 这是您报告的问题，现已关闭。如果问题仍在，请重新打开。
page-again-words = 您看到了什么情况？可以留空。
page-again-button = 还没有修好
page-did-again = 问题已重新打开。所有关注它的人都会收到通知。

## Passing it on

page-share-title = 分享与更多
page-share-link = 此问题的链接
page-share-button = 分享
page-related-category = 更多：{ $category }

## Why somebody was told

page-told-mail = 我们已于{ $when }通过邮件告诉您此事，因为您关注“{ $watch }”。
page-told-push = 我们已于{ $when }在您的设备上告诉您此事，因为您关注“{ $watch }”。
page-told-webhook = 我们已于{ $when }将此事告知您的程序，因为您关注“{ $watch }”。
page-told-digest = 我们已于{ $when }在摘要中告诉您此事，因为您关注“{ $watch }”。
page-told-due = 我们将于{ $when }告诉您此事，因为您关注“{ $watch }”。
page-told-muted = 我们不会告诉您此问题的消息，因为您已将其静音。
page-told-paused = 我们没有告诉您此问题，因为您当时不想收到任何消息。
page-told-not-yet = 这条消息刚刚收到。如果它属于您关注的内容，我们会告诉您。
page-told-from-now = 您是在此之后才开始关注的。接下来的消息我们会告诉您。
page-told-none = 我们没有告诉您此问题：它不在您的关注范围内。

## A ward's office on the ward's page

page-ward-office = 选区办公室
page-ward-said = 最近的官方回应
page-ward-follow-replies = 只看官方回复
# The name of a watch.
page-ward-replies = { $ward }，官方回复
