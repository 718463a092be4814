import { chromium } from "playwright-core";
import { readFileSync, mkdirSync } from "node:fs";
export const KEY = /WANDB_API_KEY=(\S+)/.exec(readFileSync("/tmp/w2/server.log","utf8"))[1];
export const BASE = process.env.BASE ?? "http://127.0.0.1:8490";
mkdirSync("/tmp/w2/shots",{recursive:true});
export async function launch(){ return chromium.launch({executablePath:"/usr/bin/chromium",args:["--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"]}); }
export async function open(browser,{w=1280,h=800,theme="light",signIn=true,mobile=false}={}){
  const context=await browser.newContext({viewport:{width:w,height:h},colorScheme:theme,isMobile:mobile,hasTouch:mobile,permissions:["clipboard-read","clipboard-write"]});
  if(signIn){ const r=await context.request.post(BASE+"/api/v1/session",{data:{api_key:KEY},headers:{"X-Runstone-CSRF":"1"}}); if(!r.ok()) console.log("signin",r.status()); }
  const page=await context.newPage();
  page.on("pageerror",e=>console.log("PAGEERROR",e.message));
  return page;
}
export const shot=(page,name)=>page.screenshot({path:`/tmp/w2/shots/${name}.png`});
