import {launch,open,shot,BASE} from "./.w2.mjs";
const b=await launch();
{ const p=await open(b,{signIn:false}); await p.goto(BASE+"/authorize?ref=models"); await p.waitForTimeout(700); await shot(p,"auth-signedout");
  const {KEY}=await import("./.w2.mjs"); await p.fill("input",KEY); await p.keyboard.press("Enter"); await p.waitForTimeout(900); console.log("after signin",p.url()); await shot(p,"auth-list");
  await p.fill("form input","laptop"); await p.click("button[type=submit]"); await p.waitForTimeout(600); await shot(p,"auth-made");
  await p.getByRole("button",{name:"Copy"}).first().click(); console.log("clip",await p.evaluate(()=>navigator.clipboard.readText()));
  await p.getByRole("button",{name:"Revoke laptop"}).click(); await p.waitForTimeout(200); await shot(p,"auth-revoke");
  await p.getByRole("button",{name:"Revoke key"}).click(); await p.waitForTimeout(500); console.log("keys left",await p.getByTestId("api-key").count());
  await p.getByRole("button",{name:"Account"}).click(); await p.waitForTimeout(200); await shot(p,"auth-menu");
  await p.getByText("Dark",{exact:true}).click(); await p.waitForTimeout(200); await shot(p,"auth-menu-dark"); }
{ const p=await open(b,{w:390,h:844,mobile:true,theme:"dark"}); await p.goto(BASE+"/authorize"); await p.waitForTimeout(700); await shot(p,"auth-phone");
  await p.goto(BASE+"/root/few"); await p.waitForTimeout(1500); await shot(p,"few-phone"); await p.goto(BASE+"/"); await p.waitForTimeout(800); await shot(p,"home-phone");await p.goto(BASE+"/root/few/runs/few1"); await p.waitForTimeout(1200); await shot(p,"run-phone");}
await b.close();
