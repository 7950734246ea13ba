<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:template match="/people">
    <xsl:for-each select="p">
      <xsl:sort select="." order="descending"/>
      <xsl:value-of select="concat(@n, '=', ., '&#10;')"/>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
