// Unpacks each tarball named on standard input as npm does, with npm's own node-tar, and prints what package.json it leaves:
// SHA-256 or "none". A line is the path of a tarball; the first argument is the folder of node-tar, the second one to unpack in.
const fs = require('fs');
const path = require('path');
const crypto = require('crypto');
const tar = require(process.argv[2]);
const lines = fs.readFileSync(0, 'utf8').split('\n').filter(Boolean);
lines.forEach((file, i) => {
  const cwd = path.join(process.argv[3], String(i));
  fs.mkdirSync(cwd);
  try {
    tar.x({
      file, cwd, strip: 1, sync: true, noChmod: true, noMtime: true, preserveOwner: false,
      filter: (name, entry) => /File$/.test(entry.type),
    });
  } catch (failed) {
    // What was unpacked before is there.
  }
  try {
    console.log(crypto.createHash('sha256').update(fs.readFileSync(path.join(cwd, 'package.json'))).digest('hex'));
  } catch (absent) {
    console.log('none');
  }
});
