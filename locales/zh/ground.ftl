# The front page, the pages that say the same to everybody, and the foot of all pages.

## The front page

page-find-label = 地址、选区或问题编号
page-find-button = 查找
page-ways = 您可以做什么
page-way-watch = 您周围的几个街区，或您自己绘制的区域。那里有人上报问题时、以及问题解决时，我们会写信告诉您。
page-way-ward = 那里上报了什么；也可以每天一次，通过邮件全部收到。
page-way-report-title = 上报问题
page-way-report = 路面坑洞、不亮的路灯、漏收的垃圾。只需一分钟。
# The gaps are filled by the next two.
page-week = 最近七天：{ $reported }，{ $closed }
page-week-reported = 上报 { $count } 个
page-week-closed = 关闭 { $count } 个
page-home-all = 所有问题

## The foot of every page

page-foot = 关于本网站
page-foot-access = 无障碍
page-foot-privacy = 隐私
page-foot-data = 开放数据
page-foot-language = 语言

## How to reach whoever runs the site

page-contact-title = 联系我们
page-contact = 您可以在此联系我们：
page-contact-none = 本网站的运营者未在此说明联系方式。如何联系市政府，请查看其官方网站。

## Accessibility

page-access-title = 无障碍声明
page-access-lead = 本网站面向{ $city }的所有人，以《网页内容无障碍指南》（WCAG）2.2 的 AA 级为目标。
page-access-state-title = 符合程度
page-access-state = 部分符合：尚未达到指南要求的地方列在下面。
page-access-limits-title = 已知不符合之处
page-access-limit-map = 可移动的地图能向屏幕阅读器说明的内容很少。地图上的内容也以列表形式列在旁边，地图的用途也可以用旁边的字段完成。
page-access-limit-words = 居民所写的内容按原文显示，语言可能与页面不同，且未作标记。
page-access-limit-hand = 手绘区域需要鼠标或手指。顶点和圆形也可以用键盘绘制，选区可以从列表中选择。
page-access-limit-colours = 系统强制使用其他颜色时，地图仍保留自己的颜色，否则各部分无法区分。
page-access-made-title = 所用技术
page-access-made = HTML、CSS、SVG 和 WAI-ARIA。JavaScript 提供地图和设备通知；浏览、关注和退订不需要它。
page-access-checked-title = 检查方法
page-access-checked = 由 Wardwatch 的开发者检查，没有外部机构参与：用 axe-core 检查每个页面，包括浅色和深色、手机和电脑、320 像素宽度，并只用键盘走完网站的各个流程。本声明随版本 { $version } 发布。
page-access-tell = 有什么妨碍到您吗？请告诉我们是哪个页面，以及您用什么阅读。
page-access-further = 如果我们的答复没有帮助，您所在地的法律规定了由谁受理无障碍方面的投诉。

## Privacy

page-privacy-title = 隐私
page-privacy-lead = 本网站保存您的哪些信息、保存多久、谁能看到，以及如何删除。
page-privacy-what-title = 保存什么
page-privacy-watcher = 您关注某处时：您的电子邮件地址或浏览器的通知地址、您关注的内容、想了解什么以及何时接收、您的语言，以及我们发送给您的内容。
page-privacy-area = 您关注哪里只属于您自己，除非您以某个名称公开一个区域。否则它不会出现在任何列表、订阅源或日志中，也不会出现在别人的页面上。
page-privacy-public = 您公开的区域，所有人都能看到其轮廓和名称。不会告诉任何人它是谁的。
page-privacy-reporter = 您上报或评论时：您写的内容及其地点，所有人都能看到。您的地址不会显示，保存它只是为了告诉您后续进展。
page-privacy-pictures = 照片和视频中可见的内容。相机藏在文件中的一切，例如地点和时间，在保存前都会被删除。所有人都能看到它们。
page-privacy-answers = 报告中私下询问的回答：只有市政工作人员能阅读。
page-privacy-devices = 显示通知的设备，按浏览器和系统区分，例如“Android 上的 Firefox”，以便您辨认。别人看不到。
page-privacy-feed = 每项关注都有一个私人订阅源，地址无人能猜到。您把它给谁，谁就能读到该项关注的通知。关注结束，它也随之结束。
page-privacy-traffic = 我们不记录谁看了哪个页面。为防止滥用，会短时间统计某人请求的次数。本网站前端服务器的运营者可能有自己的记录。
page-privacy-long-title = 保存多久
page-privacy-unanswered = 未确认的地址在 { $count } 天后被遗忘。
page-privacy-keep = 我们发送给您的内容、您删除的关注，以及不再关注任何内容的人，在 { $count } 天后被遗忘。
page-privacy-keep-all = 我们发送给您的内容会保存到您删除自己的全部信息为止。
page-privacy-issues = 问题和评论会保留。您删除自己的全部信息后，不再有任何内容表明它们来自您。
page-privacy-never = 要求永不接收邮件的地址会保留，且只保留地址，以便继续遵守这一要求。
page-privacy-who-title = 谁能看到
page-privacy-who = 为{ $city }运营本网站的人。为了送达，邮件会经过邮件服务器，设备通知会经过您浏览器厂商的服务，该服务无法读取其内容。
page-privacy-third = 没有广告，也没有人统计访客。
page-privacy-addresses-ours = 您输入的地址在本站查找，别人不会知道。
# $host is the service that is asked for addresses.
page-privacy-addresses-theirs = 您输入而本站自己不知道的地址，会由本服务器发送到 { $host } 查找，不附带您的网络地址。
page-privacy-maps-none = 地图由本网站自己的数据绘制。没有其他人知道您在看什么。
page-privacy-maps-ours = 地图来自本网站自己的服务器。没有其他人知道您在看什么。
page-privacy-maps-theirs = 可移动的地图从 { $host } 加载底图。该服务会知道您的网络地址以及您查看的地图部分。没有此类地图的页面不会从那里加载任何内容。
page-privacy-cookies-title = Cookie
page-privacy-cookie-session = “wardwatch”在您确认或登录时设置。它在 90 天内告诉本网站（仅本网站）您是谁。
page-privacy-cookie-lang = “lang”在您于页面底部选择语言时设置，保留一年。
page-privacy-cookie-rest = 没有其他 Cookie。
page-privacy-mine-title = 查看、下载、删除
page-privacy-mine = 在您的关注页面上，您可以更改关注、下载我们保存的您的全部信息，或一次全部删除。

## Open data

page-data-title = 开放数据
page-data-lead = 页面上显示的内容，任何人都可以取用：无需密钥，也无需注册。
page-data-ways = 获取方式
page-data-geojson = 地图上的问题
page-data-csv = 用于电子表格的问题
page-data-json = 供程序使用的问题
page-data-boundaries = 选区及其他已载入区域的边界
page-data-stream = 实时发生的事（server-sent events）
page-data-filters-title = 只要一部分
page-data-filters = 三种问题列表接受相同的筛选条件，也可以同时使用。一次响应不会包含全部，其 Link 标头指向其余部分。
page-data-filter-ward = 一个选区
page-data-filter-status = 未关闭的问题
page-data-filter-updated = 某一时间之后有变化的问题
page-data-filter-bbox = 某一矩形内的问题：西、南、东、北
page-data-not = 其中不包含谁上报了问题、谁在关注以及关注何处。
page-data-license-title = 许可
page-data-license = 数据采用以下许可：
page-data-license-none = 市政府未在此说明其数据采用何种许可。发布之前请先询问。
