{ Writes what Output has buffered when the time limit ends the program. The runner sends the signal at the time limit, waits a moment,
  and kills what is left. A program that handles the signal itself keeps its own handler. }
unit FlushAtLimit;

interface

implementation

uses BaseUnix;

const
  FlushSignal = 64; { SIGRTMAX }

procedure FlushAndEnd(number: cint); cdecl;
begin
  if TextRec(Output).Mode = fmOutput then Flush(Output);
  FpKill(FpGetPid, SIGKILL);
end;

initialization
  FpSignal(FlushSignal, SignalHandler(@FlushAndEnd));
end.
