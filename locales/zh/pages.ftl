# The pages that a mail's links lead to. $watch is a person's own name for a watch.

page-skip = 跳至正文
page-what = Wardwatch 让居民了解自家街区发生的事。
page-home-link = 查看最新问题
page-front-link = 前往首页

## When something is wrong

page-error-link-title = 此链接无效
page-error-link-lead = 链接可能不完整，或者所指的内容已被删除。请打开我们最近发给您的邮件，使用其中的完整链接。
page-error-nothing-title = 这里没有内容
page-error-nothing-lead = 请检查网址，或从首页开始。
page-error-off-title = 此内容已从网站撤下
page-error-off-lead = 不再对外显示。
page-error-busy-title = 抱歉，一下子请求太多了
page-error-busy-lead = 没有做任何更改。请过几分钟再试。
page-error-form-title = 无法完成此操作
page-error-form-lead = 没有做任何更改。请返回原页面，再试一次。
page-error-ours-title = 抱歉，我们这边出错了
page-error-ours-lead = 错误已记录。请稍后再试。

## Confirming

page-confirm-title = 要接收通知吗？
page-confirm-lead = 按下按钮后，您的关注“{ $watch }”就会开启。
page-confirm-button = 是的，请通知我
page-confirm-ignore = 如果不是您本人操作，关闭此页面即可，我们不会发送任何消息。
page-confirmed-title = 关注已开启
page-confirmed-lead = “{ $watch }”已开启。
page-confirmed-issue = 返回问题 { $number }
page-confirmed-already = “{ $watch }”之前已经开启，您无需再做什么。

## Stopping

page-stop-title = 停止接收通知？
page-stop-lead = 以下 { $count } 个关注将结束，其区域信息也会被删除：
page-stop-button = 停止此关注
page-stop-all-button = 全部停止
page-ended-title = 已完成。您不会再收到通知。
page-ended-lead = 已结束 { $count } 个关注。
page-one-ended-title = 已完成。您不会再收到这项通知。
page-one-ended-before = 此关注之前已经结束。
page-rest-title = 您仍在关注
page-never-title = 再也不想收到我们的消息？
page-never-hint = 您的所有关注都会结束。无论谁再输入此地址，我们都不会向它发送任何消息。
page-never-button = 永久停止向此地址发送邮件
page-never-ask-title = 永久停止向此地址发送邮件？
page-never-ask-lead = 有人输入了此地址，要求接收问题的通知。按下按钮后，无论谁再输入此地址，我们都不会向它发送任何消息。
page-never-ask-ignore = 如果您什么都不做，也不会再收到消息，除非有人再次输入此地址。
page-silenced-title = 已永久停止向此地址发送邮件
page-silenced-lead = 无论谁输入此地址，我们都不会向它发送任何消息。它的关注已全部结束。
page-allow-title = 改变主意了？
page-allow-hint = 允许后，您可以重新订阅。任何关注都不会自动开启。
page-allow-button = 重新允许发送邮件
page-allowed-title = 已重新允许发送邮件
page-allowed-lead = 有人用此地址订阅时，我们会先询问您。
page-nothing-title = 没有可以停止的关注了
page-nothing-lead = 您目前没有任何关注。

## Changing

page-manage-title = 您的关注
page-manage-link = 查看和更改您的所有关注
# $what is one of the next sentences, and $how one of those of page-rhythm.
page-what-and-how = { $what }。{ $how }
# $what is a number of a ward or an issue.
page-target-area = 一个区域
page-target-ward = 选区 { $what }
page-target-home = 您地址所在的选区，目前为 { $what }
page-target-home-none = 您地址所在的选区（此地址目前不在任何选区内）
page-target-layer = { $what }
page-target-issue = 问题 { $what }
page-target-issue-gone = 一个已从网站撤下的问题
page-rhythm-at_once = 有消息时立即通知您。
page-rhythm-hourly = 有消息时，每小时通知您一次。
page-rhythm-daily = 每天用一份摘要通知您。
page-rhythm-weekly = 每周用一份摘要通知您。
page-paused = 已暂停：不发送任何通知。
page-unconfirmed = 等待您通过我们邮件中的链接确认。
page-pause = 暂停
page-resume = 恢复
page-stop = 停止
page-did-pause = 已暂停。恢复之前不会发送任何通知。
page-did-resume = 已恢复。您会重新收到通知。
page-did-stop = 已停止并删除。
page-did-change = 已保存。
page-wrong-title = 无法保存。没有做任何更改。
page-wrong-name = 名称须为 1 至 80 个字符。
page-wrong-road = 请选择邮件、推送，或两者都选。也可以暂停此关注。
page-wrong-kinds = 请至少勾选一项您想了解的内容。
page-wrong-many = 最多可以填写 50 行词语、选择 100 个类别。
page-wrong-hour = 请为两者各选一个时间，或者两者都不选。
page-wrong-day = 请选择星期几。
page-wrong-quiet = 免打扰时段的开始和结束时间不能相同。如果完全不想收到通知，请选择一个日期，在此之前不发送任何通知。
page-wrong-pause = 请选择一年之内的未来日期。
page-wrong-language = 请选择一种语言。
page-wrong-long = 每行词语最多 100 个字符。
page-habits-title = 我们何时通知您
page-habits-paused = { $when } 之前不发送任何通知。
page-habits-language = 语言
page-habits-hour = 每日和每周摘要的发送时间
page-habits-day = 每周摘要的发送日
page-habits-quiet = 免打扰时段
page-habits-quiet-hint = 期间发生的事会在时段结束后一并通知您。
page-habits-from = 开始
page-habits-to = 结束
page-habits-none = 无
page-habits-pause = 在此日期之前不要通知我
page-habits-pause-hint = 目前待发的通知仍会发送。期间发生的事不会为您保留。留空则照常通知您。
page-habits-save = 保存通知时间
page-change = 更改
page-change-name = 名称
page-change-rhythm = 通知频率
page-change-kinds = 您想了解的内容
page-change-categories = 仅限以下类别
page-change-categories-hint = 一个都不勾选，则接收所有类别的消息。
page-change-include = 仅当包含以下任一词语时通知
page-change-exclude = 包含以下任一词语时不通知
page-change-words-hint = 每行填写一个词，或连在一起的几个词。没有要求则留空。
page-change-save = 保存
page-kind-opened = 新问题
page-kind-updated = 问题的更新
page-kind-commented = 评论
page-kind-voted = 邻居也遇到
page-kind-closed = 已关闭的问题
page-kind-reopened = 已重新打开的问题
page-kind-moved = 已移至另一位置的问题
page-kind-merged = 已与另一问题合并的问题
page-mute-title = 不再接收此问题的消息？
page-mute-lead = 无论发生什么，您的任何关注都不会再通知您此问题的消息。您关注的其他内容保持不变。
page-mute-button = 将此问题静音
page-unmute-title = 您已不再接收此问题的消息
page-unmute-lead = 您的任何关注都不会通知您此问题的消息。
page-unmute-button = 重新接收此问题的消息
page-did-go-on = 已完成。我们会重新向该地址发送邮件。
page-did-test = 测试已发出。如果 webhook 接收了，您再次查看时这条提示就会消失。
page-stilled-title = 我们已不再向 { $address } 发送邮件
page-stilled-suspended = 我们发往此地址的多封邮件被退回，因此已停止发送。邮箱恢复正常了吗？如果是，请按下按钮。
page-stilled-gone = 对方的邮件服务器表示，此地址不存在或已不再接收邮件。若要重新收到通知，请用可用的地址再次订阅。
page-stilled-never = 使用此地址的人曾要求我们永久停止发送邮件，或曾将我们的邮件举报为垃圾邮件。每封邮件末尾都有停止全部通知的链接，打开它即可撤销。
page-stilled-button = 重新向此地址发送邮件
page-stilled-webhook = 您在那里的 webhook 连续多日没有接收我们的消息，或要求我们停止，因此我们已停止发送。现在恢复正常了吗？请向它发送一次测试：它接收第一次测试后，消息就会恢复发送。
page-stilled-test = 向它发送测试
page-did-mute = 已静音。您不会再收到那个问题的消息。
page-did-unmute = 您会重新收到那个问题的消息。
page-muted-title = 您已静音的问题
page-muted-change = 问题 { $number }：重新接收消息
page-mute-author-title = 不再接收此人的评论？
page-mute-author-said = 此人的评论：
page-mute-author-lead = 无论是哪个问题，您的任何关注都不会再通知您此人的评论。其评论仍显示在问题页面上。
page-mute-author-button = 将此人静音
page-unmute-author-title = 您已不再接收此人的评论
page-unmute-author-lead = 您的任何关注都不会通知您此人的评论。
page-unmute-author-button = 重新接收此人的评论
page-did-mute-author = 已静音。您不会再收到此人的评论。
page-did-unmute-author = 您会重新收到此人的评论。
page-muted-authors-title = 您已将其评论静音的人
page-stop-one-title = 停止“{ $watch }”？
page-stop-one-lead = 此关注将永久结束，其区域信息也会被删除。如果只想停一段时间，请选择暂停。
page-stop-one-back = 保留

## What to expect of a watch before it is made

page-expect-weekly = 大约每周 { $count } 条
page-expect-few = 最近四周共 { $count } 条
page-expect-none = 最近四周没有
page-expect-unknown = 现在估计还太早：这里的消息记录还不满一周

## Whoever reported something says whether it is fixed

page-fixed-title = 修好了吗？
page-fixed-lead = 这是您报告的问题，现已关闭。如果问题仍在，它将重新打开。
page-fixed-yes = 是的，已经修好
page-fixed-no = 没有，重新打开
page-fixed-words = 问题还在？愿意的话，请写下您看到的情况。内容会随该问题公开。
page-fixed-thanks-title = 谢谢您
page-fixed-thanks-lead = 很高兴知道问题已经解决。
page-fixed-again-title = 问题已重新打开
page-fixed-again-lead = 所有关注它的人都会收到通知；有进展时您也会收到。
page-fixed-open-title = 问题尚未关闭
page-fixed-open-lead = 该问题目前没有关闭，所以还不需要回答。

## All that is stored about a person

page-mine-title = 我们保存的您的信息
page-mine-download = 下载我们保存的您的全部信息
page-mine-delete = 删除您的全部信息
page-leave-title = 删除您的全部信息？
page-leave-lead = 您不会再收到我们的消息。您的地址、您的设置以及我们发送给您的内容都会被永久删除，我们邮件中的链接也会失效。
page-leave-watches = 以下 { $count } 个关注将结束，其区域信息也会被删除：
page-leave-stays = 您报告的问题会保留在网站上，但不再显示与您有任何关联。
page-leave-silenced = 您的一个地址要求永不接收邮件。我们只保留这个地址，以便继续遵守这一要求。
page-leave-button = 全部删除
page-leave-back = 全部保留
page-left-title = 您的全部信息已删除
page-left-lead = 我们不会再向您发送任何消息。如果日后想再次接收通知，请像第一次那样重新订阅。

## Issues

page-home-title = 最新问题
page-home-empty = 目前还没有人上报问题。
page-timeline = 事情经过
page-where = 地点
page-where-unknown = 位置不明，因此不会通知关注地点的人。
page-ward = 选区
page-reported = 上报时间
page-official = 官方
page-votes = { $count } 位邻居也遇到
page-map = { $place } 的地图
page-wards = 选区 { $wards }

## Caught mail, for developers

page-mailbox-title = 截获的邮件
page-mailbox-lead = 这些邮件已写入文件夹，并未发送。最新的在前，最多 200 封。
page-mailbox-empty = 暂无邮件。
page-mailbox-to = 发给 { $address }

## 网站

page-nav = 主导航
page-nav-watch = 关注
page-nav-report = 上报
page-nav-issues = 问题
page-nav-wards = 选区
page-hello-title = 您的街区发生了什么？
page-hello-lead = 查找一个地点；或者在那里有人上报问题、问题解决时收到消息。
page-hello-watch = 关注您的街区
page-hello-ward = 查找您的选区
page-offline-title = 您处于离线状态
page-offline-lead = 此页面来自您的设备。连接网络后请再试一次。
page-offline-button = 再试一次
page-around-me = 我的附近
page-email-hint = 在发送任何其他内容之前，我们会先发邮件征求您的同意。您可以随时停止。
page-wrong-mark = 错误：
page-wrong-summary = 有问题需要处理
page-wrong-email-none = 请输入您的电子邮件地址。
page-wrong-email = 请输入格式正确的电子邮件地址，例如 name@example.org。
page-wrong-code-none = 请输入我们邮件中的六位数字。
page-wrong-code = 这不是我们最新邮件中的验证码。请核对六位数字，或打开邮件中的链接。
page-wrong-code-used-up = 错误次数过多。请打开我们邮件中的链接。
page-wrong-push = 无法联系到此设备。请重试，或输入您的电子邮件地址。
page-wrong-no-area = 请选择一个地点：输入地址、点按“我的附近”，或在地图上绘制。也可以选择一个选区。
page-wrong-no-ward = 请从列表中选择一个选区。
page-wrong-no-place = 请先选择一个地点。
page-wrong-area = 无法关注该区域。请重新绘制，或选择一个选区。
page-wrong-outside = 该地点不在本市。请选择其他地点。
page-code-title = 请查收邮件
page-code-lead = 我们已向您发送一封邮件，内含链接和六位数字。请打开链接，或在此输入数字。
page-code-field = 六位数字
page-code-button = 确认
page-code-none = 几分钟后仍未收到？请查看垃圾邮件。
page-code-again = 换一个邮箱地址重试
page-wards-title = 选区
page-wards-lead = 选择您的选区，查看那里上报的问题，并接收消息。
page-wards-none = 本市尚未载入选区。
page-wards-mine = 查找我的选区
page-wards-map = 选区地图
page-wards-nowhere = 本市没有选区包含该地点。请从列表中选择。
page-ward-ask = 每天接收一次本选区的消息
page-ward-button = 订阅
page-ward-more = 只要其中一部分，或在其他时间接收
# $ward is a name of a ward, like “Ward 12”.
page-ward-map = { $ward }地图
page-ward-empty = 这里还没有人上报问题。
page-watch-title = 您想关注什么？
page-watch-where = 地点
page-watch-area = 附近几个街区
page-watch-ward = 一个选区
page-watch-ward-here = 某个地点所在的选区
page-watch-which = 哪个选区
page-watch-choose = 请选择
page-watch-radius = 周围多远
# $size is a distance, like “300 m”.
page-watch-around = 周围 { $size }
page-watch-find = 在地图上显示
page-watch-map = 区域地图
page-watch-no-script = 要绘制自己的区域，需要 JavaScript。
page-watch-what = 您想了解什么
page-watch-email = 您的电子邮件地址
page-watch-device = 在此设备上通知我
page-watch-ios = 在 iPhone 或 iPad 上，请先将本站添加到主屏幕：点按“分享”，再点“添加到主屏幕”。然后从主屏幕打开并回到此页面。
page-watch-button = 关注
# Names of watches, until their owners choose others.
page-watch-my-area = 我的区域
page-watch-my-ward = 我的选区
page-nav-mine = 我的
page-sign-in-title = 登录
page-sign-in-lead = 无需密码。我们会发送一个链接给您。
page-sign-in-button = 发送链接给我
page-sign-in-sent = 如果我们认识此地址，带链接的邮件已在路上。没有收到？那么此地址尚未关注任何内容。
page-sign-in-again = 换一个地址
page-sign-in-here = 点按按钮，此浏览器将保持登录三个月。
page-sign-in-used-title = 此链接已经用过
page-sign-in-used-lead = 每个链接只能登录一次，这样日后发现它的人就无法进入。请填写您的邮箱地址，我们会再发一个给您。
page-sign-out = 退出登录
page-part-title = 参与
page-part-follow = 关注此问题
page-part-follows = 您已关注此问题。
page-part-vote = 我也受影响
page-part-voted = 您也受影响。
page-part-comment = 添加评论
page-part-comment-hint = 评论会在此向所有人显示，不带您的姓名。
page-part-say = 评论
page-part-hint = 我们会告诉您后续进展。确认之后，您还可以评论，并表示您也受影响。
page-part-sign-in = 之前订阅过？请登录
page-did-follow = 您已关注此问题。我们会告诉您后续进展。
page-did-vote = 谢谢。已记下您也受影响。
page-did-comment = 谢谢。您的评论已显示。
page-did-comment-waits = 谢谢。市政府会先阅读您的评论，然后再显示。
page-wrong-words-none = 请写下您想说的话。
page-wrong-words-long = 评论最多 2,000 个字符。请缩短。
page-wrong-words-many = 您在一小时内说了很多。请稍后再试。
