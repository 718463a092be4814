import type * as en from "../en/app";

export const app: typeof en.app = {
  name: "Runstone",
  retry: "重试",
  copy: "复制",
  copied: "已复制",
  close: "关闭",
  home: "所有项目",
  breadcrumbs: "当前位置",
  navigation: "页面",
  notifications: "通知",
  clear: "清除",
  remove: (what) => `移除 ${what}`,
};

export const live: typeof en.live = {
  live: "实时",
  connecting: "正在连接…",
  offline: "正在重连…",
  liveHint: "新数据会自动出现",
  offlineHint: "与服务器的连接已断开，每隔几秒重试一次",
};

export const theme: typeof en.theme = {
  title: "主题",
  system: "跟随系统",
  light: "浅色",
  dark: "深色",
};

export const account: typeof en.account = {
  name: "姓名",
  email: "邮箱",
  role: "角色",
  changePassword: "密码",
  passwordHint: "有了密码，无需链接或密钥即可登录。更改后，此处仍保持登录。",
  newPassword: "新密码",
  repeatPassword: "再输入一次",
  setPassword: "设置密码",
  passwordShort: (min) => `至少 ${min} 个字符。`,
  passwordsDiffer: "两次输入不一致。",
  passwordChanged: "密码已设置",
  keysHint: "脚本和 wandb 客户端用它登录。",
  manageKeys: "管理 API 密钥",
  look: "语言和主题",
  lookHint: "保存在此浏览器中。",
  menu: "账户",
  apiKeys: "API 密钥",
  settings: "账户设置",
  signOut: "退出登录",
  admin: "管理员",
};

export const errors: typeof en.errors = {
  pageMissing: "无法加载此页面",
  pageMissingHint: "服务器可能已更新，或没有响应。重新加载即可获取当前版本。",
  partCrashed: "这一部分遇到了程序错误",
  partCrashedHint: "页面的其余部分不受影响。",
  title: "出错了",
  unreachable: "服务器没有响应",
  unreachableHint: "服务器可能正在重启，或本机已离线。服务器恢复响应后，页面会自动恢复。",
  forbidden: "此内容未与你共享",
  fault: "服务器发生故障",
  faultHint: "重试通常可以解决，具体原因见服务器日志。服务器的回应：",
  noPage: "没有这个页面",
  noPageHint: "请检查地址，或从项目列表开始。",
  notFound: "这里什么都没有",
  notFoundHint: "它可能已被重命名或删除，也可能属于未与你共享的人。",
  goHome: "前往所有项目",
  crashed: "页面遇到了程序错误",
  crashedHint: "重新加载通常可以解决。数据安全地保存在服务器上。",
  reload: "重新加载",
};

export const time: typeof en.time = {
  now: "刚刚",
  minutes: (n) => `${n} 分钟前`,
  hours: (n) => `${n} 小时前`,
  days: (n) => `${n} 天前`,
};

export const keyboard: typeof en.keyboard = {
  title: "键盘",
  everywhere: "任何页面",
  search: "搜索运行",
  next: "下一个运行",
  previous: "上一个运行",
  eye: "显示或隐藏运行",
  open: "打开运行",
  deselect: "离开列表",
  help: "本列表",
};

export const states: typeof en.states = {
  pending: "等待中",
  running: "运行中",
  finished: "已完成",
  failed: "失败",
  crashed: "崩溃",
  killed: "已终止",
  preempting: "抢占中",
  preempted: "已被抢占",
};
