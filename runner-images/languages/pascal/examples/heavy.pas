{$mode objfpc}{$H+}
program main;

uses
  Classes, SysUtils, StrUtils, Math, fgl, RegExpr, fpjson, jsonparser, DateUtils;

type
  IShape = interface
    function Area: Double;
  end;

  TCircle = class(TInterfacedObject, IShape)
  private
    FRadius: Double;
  public
    constructor Create(ARadius: Double);
    function Area: Double;
  end;

  TOrder = class
  public
    Customer: string;
    Cents: Integer;
  end;

  TOrders = specialize TFPGObjectList<TOrder>;
  TCounts = specialize TFPGMap<string, Integer>;

  generic TStack<T> = class
  private
    FItems: array of T;
  public
    procedure Push(const Item: T);
    function Pop: T;
  end;

  TSquare = class(TThread)
  public
    N, Square: Integer;
    procedure Execute; override;
  end;

constructor TCircle.Create(ARadius: Double);
begin
  FRadius := ARadius;
end;

function TCircle.Area: Double;
begin
  Result := Pi * FRadius * FRadius;
end;

procedure TStack.Push(const Item: T);
begin
  SetLength(FItems, Length(FItems) + 1);
  FItems[High(FItems)] := Item;
end;

function TStack.Pop: T;
begin
  Result := FItems[High(FItems)];
  SetLength(FItems, Length(FItems) - 1);
end;

procedure TSquare.Execute;
begin
  Square := N * N;
end;

function ByCents(const A, B: TOrder): Integer;
begin
  Result := CompareValue(B.Cents, A.Cents);
end;

var
  Orders: TOrders;
  Order: TOrder;
  Counts: TCounts;
  Parsed: TJSONData;
  Word: string;
  I: Integer;
  Shape: IShape;
  Stack: specialize TStack<string>;
begin
  Orders := TOrders.Create;
  Parsed := GetJSON('[{"customer":"Ada","cents":499},{"customer":"Grace","cents":1250}]');
  for I := 0 to Parsed.Count - 1 do
  begin
    Order := TOrder.Create;
    Order.Customer := Parsed.Items[I].FindPath('customer').AsString;
    Order.Cents := Parsed.Items[I].FindPath('cents').AsInteger;
    Orders.Add(Order);
  end;
  Orders.Sort(@ByCents);
  for Order in Orders do WriteLn(Format('%s %.2f', [Order.Customer, Order.Cents / 100]));
  Shape := TCircle.Create(1);
  WriteLn(Shape.Area:0:3);
  Counts := TCounts.Create;
  Counts.Sorted := True;
  for Word in SplitString('a b a c', ' ') do
    if Counts.IndexOf(Word) < 0 then Counts.Add(Word, 1) else Counts[Word] := Counts[Word] + 1;
  for I := 0 to Counts.Count - 1 do Write(Counts.Keys[I], Counts.Data[I], ' ');
  WriteLn;
  Stack := specialize TStack<string>.Create;
  Stack.Push('a');
  Stack.Push('b');
  WriteLn(Stack.Pop, ' ', ReplaceRegExpr('[0-9]+', 'a1b22', '#', False));
  try
    StrToInt('x');
  except
    on E: EConvertError do WriteLn(E.Message);
  end;
  WriteLn(FormatDateTime('yyyy-mm-dd hh:nn', EncodeDateTime(2015, 9, 22, 16, 0, 0, 0)));
end.
