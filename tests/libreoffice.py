"""Edits a document in a real LibreOffice, headless and without a window, by a Basic macro in a profile of its own.

Basic comes with every LibreOffice; Python-UNO is a package of its own. The document is loaded without a frame: LibreOffice 7.4 in its
edition without a user interface ends when a macro opens one.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

LIBRARY = """
Dim doc As Object

Function Mark(name As String) As Object
  Mark = doc.Bookmarks.getByName(name).Anchor
End Function

Function At(name As String, old As String) As Object
  ' The first occurrence of some words from the start of a bookmark on, selected.
  m = Mark(name)
  c = m.Text.createTextCursorByRange(m.Start)
  p = m.Text.createTextCursorByRange(m.Start)
  p.gotoEndOfParagraph(True)
  k = InStr(1, p.String, old, 0)
  If k = 0 Then Err.Raise(1, "", "no '" & old & "' at " & name)
  c.goRight(k - 1, False)
  c.goRight(Len(old), True)
  At = c
End Function

Function Found(words As String) As Object
  ' The first occurrence in the body's paragraphs, selected; a search of LibreOffice's own needs a window.
  e = doc.Text.createEnumeration()
  Do While e.hasMoreElements()
    p = e.nextElement()
    If p.supportsService("com.sun.star.text.Paragraph") Then
      k = InStr(1, p.String, words, 0)
      If k > 0 And Left(p.ParaStyleName, 8) <> "Contents" Then
        c = doc.Text.createTextCursorByRange(p.Start)
        c.goRight(k - 1, False)
        c.goRight(Len(words), True)
        Found = c
        Exit Function
      End If
    End If
  Loop
  Err.Raise(1, "", "no '" & words & "'")
End Function

Sub ReplaceIn(name As String, old As String, new_ As String)
  At(name, old).String = new_
End Sub

Sub ReplaceText(old As String, new_ As String)
  Found(old).String = new_
End Sub

Sub TypeBehind(name As String, words As String)
  m = Mark(name)
  m.Text.insertString(m.End, words, False)
End Sub

Function WholeParagraph(r As Object) As Object
  c = r.Text.createTextCursorByRange(r.Start)
  c.gotoStartOfParagraph(False)
  c.gotoEndOfParagraph(True)
  WholeParagraph = c
End Function

Sub DropParagraph(r As Object)
  c = WholeParagraph(r)
  c.goRight(1, True)
  c.String = ""
End Sub

Sub DeleteParagraph(name As String)
  DropParagraph(Mark(name))
End Sub

Function TypeParagraph(r As Object, words As String) As Object
  ' Enter at the end of a paragraph, then words: the new paragraph has the style of the one above.
  c = r.Text.createTextCursorByRange(r.End)
  c.gotoEndOfParagraph(False)
  c.Text.insertControlCharacter(c, com.sun.star.text.ControlCharacter.PARAGRAPH_BREAK, False)
  c.Text.insertString(c, words, False)
  c.gotoStartOfParagraph(False)
  c.gotoEndOfParagraph(True)
  TypeParagraph = c
End Function

Sub NewParagraph(name As String, words As String, style As String, bold As String)
  c = TypeParagraph(Mark(name), words)
  Format(c, style, bold)
End Sub

Sub NewParagraphAtText(at_ As String, words As String, style As String, bold As String)
  c = TypeParagraph(Found(at_), words)
  Format(c, style, bold)
End Sub

Sub Format(c As Object, style As String, bold As String)
  If style <> "" Then
    c.ParaStyleName = style
    c.CharWeight = com.sun.star.awt.FontWeight.NORMAL
    If InStr(1, style, "List", 0) = 0 Then c.NumberingStyleName = ""
  End If
  If bold <> "" Then
    k = InStr(1, c.String, bold, 0)
    b = c.Text.createTextCursorByRange(c.Start)
    b.goRight(k - 1, False)
    b.goRight(Len(bold), True)
    b.CharWeight = com.sun.star.awt.FontWeight.BOLD
  End If
End Sub

Sub MoveParagraph(name As String, behind As String, keep As Boolean)
  ' Cut and paste. With keep the bookmarks come along, as LibreOffice does it; without, as pasting plain text does it.
  p = WholeParagraph(Mark(name))
  words = p.String
  style = p.ParaStyleName
  Dim names(50) As String, starts(50) As Long, lengths(50) As Long
  n = 0
  all = doc.Bookmarks.ElementNames
  For i = 0 To UBound(all)
    a = doc.Bookmarks.getByName(all(i)).Anchor
    If EqualUnoObjects(a.Text, p.Text) Then
      If p.Text.compareRegionStarts(p, a) >= 0 And p.Text.compareRegionEnds(p, a) <= 0 Then
        before = p.Text.createTextCursorByRange(p.Start)
        before.gotoRange(a.Start, True)
        names(n) = all(i) : starts(n) = Len(before.String) : lengths(n) = Len(a.String)
        n = n + 1
      End If
    End If
  Next
  DropParagraph(Mark(name))
  For i = 0 To n - 1
    If doc.Bookmarks.hasByName(names(i)) Then
      old = doc.Bookmarks.getByName(names(i))
      old.Anchor.Text.removeTextContent(old)
    End If
  Next
  c = TypeParagraph(Mark(behind), words)
  c.ParaStyleName = style
  If keep Then
    For i = 0 To n - 1
      b = c.Text.createTextCursorByRange(c.Start)
      b.goRight(starts(i), False)
      b.goRight(lengths(i), True)
      m = doc.createInstance("com.sun.star.text.Bookmark")
      m.Name = names(i)
      b.Text.insertTextContent(b, m, True)
    Next
  End If
End Sub

Sub SplitAt(name As String, before As String)
  c = At(name, before)
  c.Text.insertControlCharacter(c.Start, com.sun.star.text.ControlCharacter.PARAGRAPH_BREAK, False)
End Sub

Sub JoinWithNext(name As String)
  m = Mark(name)
  c = m.Text.createTextCursorByRange(m.End)
  c.gotoEndOfParagraph(False)
  c.goRight(1, True)
  c.String = " "
End Sub

Function TableWith(name As String) As Object
  TableWith = Mark(name).TextTable
End Function

Sub SetCell(name As String, column As Integer, words As String)
  ' The cell in the row of a bookmark.
  cell = Mark(name).Cell.CellName
  t = TableWith(name)
  r = Mid(cell, 2)
  t.getCellByName(Chr(64 + column) & r).String = words
End Sub

Sub NewRow(name As String, second As String, third As String, fourth As String)
  t = TableWith(name)
  t.Rows.insertByIndex(t.Rows.Count, 1)
  r = CStr(t.Rows.Count)
  t.getCellByName("B" & r).String = second
  t.getCellByName("C" & r).String = third
  t.getCellByName("D" & r).String = fourth
End Sub

Sub DeleteRow(name As String)
  t = TableWith(name)
  r = CInt(Mid(Mark(name).Cell.CellName, 2))
  If t.Rows.Count = 2 Then
    t.dispose()
  Else
    t.Rows.removeByIndex(r - 1, 1)
  End If
End Sub

Sub DropChapterWithTable(heading As String, cell As String)
  For i = doc.TextTables.Count - 1 To 0 Step -1
    t = doc.TextTables.getByIndex(i)
    names = t.getCellNames()
    For k = 0 To UBound(names)
      If t.getCellByName(names(k)).String = cell Then gone = t
    Next
  Next
  gone.dispose()
  DropParagraph(Found(heading))
End Sub
"""
_MAIN = """
Sub Main(source As String, target As String)
  Dim a(2) As New com.sun.star.beans.PropertyValue
  a(0).Name = "Hidden" : a(0).Value = True
  a(1).Name = "URL" : a(1).Value = ConvertToURL(source)
  a(2).Name = "FilterName" : a(2).Value = "MS Word 2007 XML"
  doc = CreateUnoService("com.sun.star.text.TextDocument")
  doc.load(a())
  failed = ""
  On Error Goto Failed_
%s
  Dim s(0) As New com.sun.star.beans.PropertyValue
  s(0).Name = "FilterName" : s(0).Value = "MS Word 2007 XML"
  doc.storeToURL(ConvertToURL(target), s())
  doc.close(True)
  Exit Sub
Failed_:
  n = FreeFile
  Open target & ".error" For Output As #n
  Print #n, "step " & step_ & ": " & Error$
  Close #n
  doc.close(True)
End Sub
"""
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Edits" script:language="StarBasic">%s</script:module>
"""
_LIBRARY_INDEX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Edits"/></library:library>
"""


def call(routine: str, *arguments: object) -> str:
    """One step: a call in Basic."""
    parts = [str(a) if isinstance(a, bool | int) else '"' + str(a).replace('"', '""') + '"' for a in arguments]
    return f"{routine}({', '.join(parts)})" if parts else routine


def edit_in_libreoffice(source: Path, target: Path, steps: Sequence[str], profile: Path) -> None:
    """Open `source`, do the steps, save as `target`, a .docx. Fails with what LibreOffice says of the step that failed."""
    office = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo"]
    library = profile / "user" / "basic" / "Standard"
    if not library.exists():
        # the first start makes the profile, and would write over a library that is there before
        subprocess.run([*office, "--terminate_after_init"], check=False, capture_output=True, timeout=120)
    library.mkdir(parents=True, exist_ok=True)
    numbered = "\n".join(f"  step_ = {k}\n  {step}" for k, step in enumerate(steps, 1))
    (library / "Edits.xba").write_text(_MODULE % escape(LIBRARY + _MAIN % numbered), encoding="utf-8")
    (library / "script.xlb").write_text(_LIBRARY_INDEX, encoding="utf-8")
    error = Path(f"{target}.error")
    error.unlink(missing_ok=True)
    before = target.stat().st_mtime_ns if target.exists() else None
    done = subprocess.run([*office, f"macro:///Standard.Edits.Main({source},{target})"], check=False, capture_output=True, timeout=40)
    assert not error.exists(), error.read_text(encoding="utf-8", errors="replace")
    assert target.exists() and target.stat().st_mtime_ns != before, done.stderr.decode(errors="replace")
