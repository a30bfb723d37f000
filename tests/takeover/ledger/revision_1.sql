BEGIN TRANSACTION;
CREATE TABLE ledger (
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	"plan" TEXT NOT NULL, 
	token INTEGER NOT NULL, 
	record TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (previous), 
	UNIQUE (hash)
);
INSERT INTO "ledger" VALUES(1,'2025-11-24T16:00:00.250000Z','cli:operator','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f',0,'{"kind":"command","verb":"start","reason":"agreed on Monday","gate":"","force":false}','0000000000000000000000000000000000000000000000000000000000000000','dbb0eddd0e499df0d1bc19e414c1ad21a71dab6f3a5fba8f8541835e90622fa4');
INSERT INTO "ledger" VALUES(2,'2025-11-24T16:00:01.500000Z','controller','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f',1,'{"kind":"decision","before":{"stage":"planned","step":0,"mode":"running"},"after":{"stage":"parallel","step":0,"mode":"running"},"why":"start was asked for","command":1,"readings":[{"gate":"success","verdict":"inconclusive","text":"0 of 400 buckets","value":null,"limit":null,"sample":0,"wanted":400,"armed":true,"dry_run":false}]}','dbb0eddd0e499df0d1bc19e414c1ad21a71dab6f3a5fba8f8541835e90622fa4','62cc4c2f1a9271c8e59800616476b1362828c30c8b52493816a50e8467066a32');
INSERT INTO "ledger" VALUES(3,'2025-11-24T16:00:02.000000Z','controller','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f',1,'{"kind":"intent","before":{"share":0,"shadow":0,"banner":false,"settled":false},"after":{"share":0,"shadow":10000,"banner":false,"settled":false},"why":"parallel: reads are compared"}','62cc4c2f1a9271c8e59800616476b1362828c30c8b52493816a50e8467066a32','c516a58e61ae484ff5e3ff06f0e0c0d1faaa31b4829b130e0c00b12dc41224a2');
INSERT INTO "ledger" VALUES(4,'2025-11-24T16:00:02.125000Z','controller','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f',1,'{"kind":"outcome","intent":3,"seen":{"share":0,"shadow":10000,"banner":false,"settled":false},"error":""}','c516a58e61ae484ff5e3ff06f0e0c0d1faaa31b4829b130e0c00b12dc41224a2','cb97c063ef8dcf14449b2c4fb698d2a1eeb2b5a39c82b633364a8ccbb8a132f7');
INSERT INTO "ledger" VALUES(5,'2025-11-24T16:00:03.000000Z','gate:parity','5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f',0,'{"kind":"note","topic":"note","text":"Zahlen stimmen — ✓"}','cb97c063ef8dcf14449b2c4fb698d2a1eeb2b5a39c82b633364a8ccbb8a132f7','dc68204854661eccea0672d19b50fc649dd54fef2828cd8df095c4eea8c3dd5c');
CREATE TABLE ledger_lease (
	id INTEGER NOT NULL, 
	token INTEGER NOT NULL, 
	holder TEXT NOT NULL, 
	renewals INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "ledger_lease" VALUES(1,1,'gateway-1',1);
CREATE TABLE ledger_tail (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "ledger_tail" VALUES(1,5,'dc68204854661eccea0672d19b50fc649dd54fef2828cd8df095c4eea8c3dd5c');
CREATE TABLE ledger_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT ledger_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "ledger_version" VALUES('1');
COMMIT;
