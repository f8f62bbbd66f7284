//! Each row of the lessons that this stage can reach, one test or more a row, named by its number. `tests/README.md` is
//! the table. Where it is cheap, a control beside the attack shows that it would be seen.

mod answers;
mod enrollment;
mod evidence;
mod middle;
mod prompts;
mod renewal;
mod requests;
mod secrets;
mod spending;
