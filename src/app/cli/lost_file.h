// What the command says when a file that it reads in place is cut by somebody else.
#pragma once

namespace mseavro {

// Makes SIGBUS end the process with exit code 2, an error that names the file, and no temporary
// file left. Once, at the start.
void report_lost_files();

}  // namespace mseavro
