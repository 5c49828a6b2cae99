# The commands as Discord's menu shows them, in Simplified Chinese. The English file says more.

## Names of commands, subcommands and options

name_helpme = 求助
name_message = 消息
name_agent = 人工客服
name_close = 结束聊天
name_help_button = 求助按钮
name_send_to_support = 发送给客服
name_bug = 反馈错误
name_new_feature = 功能建议
name_case = 工单
name_privacy = 隐私
name_view = 查看
name_mine = 我的
name_list = 列表
name_assign = 分配
name_status = 状态
name_note = 备注
name_link = 关联
name_reopen = 重新打开
name_export = 导出
name_delete = 删除
name_question = 问题
name_text = 内容
name_about = 事由
name_title = 标题
name_steps = 步骤
name_platform = 平台
name_severity = 严重程度
name_file = 文件
name_number = 编号
name_kind = 类型
name_mine_only = 仅我的
name_to = 目标
name_reason = 原因

## Descriptions

helpme = 获取帮助：打开与客服的私人聊天
helpme_question = 你需要什么帮助
message = 给客服发送消息
message_text = 你想说的内容
message_file = 随消息发送的图片、视频、音频或文档
agent = 请人工客服加入你的聊天
agent_about = 关于什么
close = 结束与客服的聊天
help_button = 在此频道放置获取帮助的按钮（管理员）
help_button_text = 按钮上方的文字
bug = 反馈错误；不填选项会打开表单
new_feature = 提出新功能建议；不填选项会打开表单
report_title = 一行，10 到 90 个字符
bug_text = 发生了什么，原本应该怎样
feature_text = 你想要什么，用来做什么
bug_steps = 如何重现
report_platform = 你在哪里玩
bug_severity = 问题有多严重
feature_severity = 对你有多重要
report_file = 截图、视频或日志，最大 10 MiB
case = 反馈与求助
case_view = 查看工单（管理员）
case_mine = 查看你自己的工单
case_list = 列出工单（管理员）
case_assign = 把工单分配给某人（管理员）
case_status = 更改工单状态（管理员）
case_note = 添加只有管理员和客服可见的备注（管理员）
case_link = 作为另一工单的重复项关闭（管理员）
case_reopen = 重新打开工单（管理员）
case_number = 工单编号，或标题中的词
case_list_status = 只看此状态
case_list_kind = 只看此类型
case_list_mine_only = 只看分配给你的
case_assign_to = 由谁处理；不填则为你
case_status_to = 新的状态
case_reason = 原因；对方也会看到
case_note_text = 备注内容
case_link_to = 保持打开的工单编号
privacy = 客服保存的你的数据
privacy_export = 获取客服保存的关于你的内容的副本
privacy_delete = 让客服删除保存的关于你的内容

## Choices

severity_low = 低：让我不便
severity_normal = 一般：不能正常工作
severity_high = 高：部分无法使用
severity_critical = 致命：完全无法使用，或有东西丢失
status_new = 新建
status_open = 处理中
status_waiting_for_person = 等待对方回复
status_waiting_for_us = 等待我们处理
status_resolved = 已解决
status_closed = 已关闭
status_reopened = 已重新打开
kind_bug = 错误
kind_feature = 功能
kind_support = 客服支持
