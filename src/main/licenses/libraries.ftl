<#-- One line for each library, read by io.upper.cli.Libraries. -->
<#list dependencyMap as entry>
<#assign library = entry.getKey()/>
${library.groupId}:${library.artifactId} ${library.version} <#list entry.getValue() as licence>${licence}<#sep> or </#sep></#list>
</#list>
